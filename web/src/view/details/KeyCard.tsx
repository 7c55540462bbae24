import { ChevronDown, Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { ApiKey } from '../../api/wire';
import { useDesk } from '../app/context';
import { nameProblem } from '../auth/checks';
import { Avatar } from '../kit/Avatar';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { Field, FormProblem } from '../kit/Field';
import { MenuItem, Popover } from '../kit/Popover';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { fromNow, moment } from '../kit/words';
import { KeyUse } from './KeyUse';

type Props = {
  apiKey: ApiKey;
  /** It was made a moment ago, on this page. */
  fresh: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
};

/** One key: its name and last use, and on request its secret with ready code. */
export function KeyCard({ apiKey, fresh, open, onOpen }: Props) {
  const id = useId();
  const toggle = useRef<HTMLButtonElement>(null);
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  useEffect(() => {
    if (fresh) toggle.current?.focus();
  }, [fresh]);
  return (
    <li className={`key${open ? ' open' : ''}`}>
      <div className="key-head">
        <button
          ref={toggle}
          type="button"
          className="key-toggle"
          aria-expanded={open}
          aria-controls={`${id}use`}
          onClick={() => onOpen(!open)}
        >
          <Avatar id={apiKey.id} name={apiKey.displayName} bot />
          <span className="member-name">
            <span>{apiKey.displayName}</span>
            <small>
              <LastUse at={apiKey.lastUsedAt} />
            </small>
            <small className="key-more">{open ? 'Hide key and code' : 'Show key and code'}</small>
          </span>
          <ChevronDown size={16} aria-hidden />
        </button>
        <Popover role="menu" label={`Actions for ${apiKey.displayName}`} trigger={<Ellipsis size={17} aria-hidden />}>
          {(close) => {
            const ask = (what: 'rename' | 'delete') => () => {
              close();
              setDialog(what);
            };
            return (
              <>
                <MenuItem icon={<Pencil size={15} aria-hidden />} onPick={ask('rename')}>
                  Rename
                </MenuItem>
                <MenuItem danger icon={<Trash2 size={15} aria-hidden />} onPick={ask('delete')}>
                  Delete
                </MenuItem>
              </>
            );
          }}
        </Popover>
      </div>
      <div id={`${id}use`} hidden={!open}>
        {open && <KeyUse apiKey={apiKey} fresh={fresh} />}
      </div>
      {dialog === 'rename' && <Rename apiKey={apiKey} onClose={() => setDialog(null)} />}
      {dialog === 'delete' && <Delete apiKey={apiKey} onClose={() => setDialog(null)} />}
    </li>
  );
}

const LastUse = ({ at }: { at: number | null }) =>
  at === null ? (
    <>Never used</>
  ) : (
    <>
      Last used{' '}
      <time dateTime={new Date(at).toISOString()} title={moment(at)}>
        {fromNow(at)}
      </time>
    </>
  );

function Rename({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { keys } = useDesk();
  const [name, setName] = useState(apiKey.displayName);
  const { busy, problem, run, setProblem } = useTask();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const wrong = nameProblem(name);
    if (wrong) return setProblem(wrong);
    if (!(await run(() => keys.rename(apiKey, name.trim())))) return;
    toast('API key renamed');
    onClose();
  };
  return (
    <Dialog title="Rename API key" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Field
          label="Display name"
          hint="New messages appear under it. Earlier ones keep the name they were posted under."
          value={name}
          onValue={setName}
          maxLength={100}
          problem={problem}
        />
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Delete({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { keys } = useDesk();
  const { busy, problem, run } = useTask();
  const remove = async () => {
    if (!(await run(() => keys.remove(apiKey)))) return;
    toast('API key deleted');
    onClose();
    // The button that opened this is gone with the key.
    requestAnimationFrame(() => document.getElementById('api-keys')?.focus());
  };
  return (
    <Dialog title={`Delete ${apiKey.displayName}?`} onClose={onClose}>
      <p>Code that uses this key cannot post any more, from this moment on. What it posted stays.</p>
      <FormProblem>{problem}</FormProblem>
      <div className="dialog-actions">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="danger" busy={busy} onClick={remove}>
          Delete key
        </Button>
      </div>
    </Dialog>
  );
}
