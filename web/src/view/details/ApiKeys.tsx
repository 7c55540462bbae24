// The API keys of a room: making them, showing them with ready code, renaming, deleting.
import { KeyRound, Plus } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { ApiKey } from '../../api/wire';
import { useDesk } from '../app/context';
import { nameProblem } from '../auth/checks';
import { Button } from '../kit/Button';
import { Field } from '../kit/Field';
import { Skeleton } from '../kit/State';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { KeyCard } from './KeyCard';
import './keys.css';

export function ApiKeys({ roomId }: { roomId: number }) {
  const { keys } = useDesk();
  const list = useStore(keys.store, (s) => s.get(roomId)) ?? keys.get(roomId);
  const [open, setOpen] = useState<number | null>(null);
  const [made, setMade] = useState<number | null>(null);
  const [asking, setAsking] = useState(false);
  useEffect(() => void keys.load(roomId), [keys, roomId]);
  const none = list.status === 'ready' && list.keys.length === 0;
  const onMade = (key: ApiKey) => {
    setAsking(false);
    setMade(key.id);
    setOpen(key.id);
  };
  return (
    <section className="details-section keys" aria-labelledby="api-keys">
      <div className="details-section-head">
        <h3 id="api-keys" tabIndex={-1}>
          <KeyRound size={15} aria-hidden /> API keys
        </h3>
        {!none && !asking && list.status === 'ready' && (
          <Button icon={<Plus size={15} aria-hidden />} onClick={() => setAsking(true)}>
            New key
          </Button>
        )}
      </div>
      <p className="lead">With a key, your code can post into this room. Its messages appear under the key's name.</p>
      {(none || asking) && <NewKey roomId={roomId} onMade={onMade} onCancel={none ? null : () => setAsking(false)} />}
      {list.status === 'loading' && <Skeleton rows={2} label="Loading the keys" />}
      {list.status === 'failed' && <KeysFailed trouble={list.trouble} onAgain={() => keys.load(roomId)} />}
      <ul className="key-list">
        {list.keys.map((key) => (
          <KeyCard
            key={key.id}
            apiKey={key}
            fresh={key.id === made}
            open={key.id === open}
            onOpen={(want) => setOpen(want ? key.id : null)}
          />
        ))}
      </ul>
    </section>
  );
}

function KeysFailed({ trouble, onAgain }: { trouble: string | null; onAgain: () => void }) {
  return (
    <div role="alert" className="keys-failed">
      <p>The keys could not be loaded. {trouble}</p>
      <Button onClick={onAgain}>Try again</Button>
    </div>
  );
}

type NewKeyProps = { roomId: number; onMade: (key: ApiKey) => void; onCancel: (() => void) | null };

function NewKey({ roomId, onMade, onCancel }: NewKeyProps) {
  const { keys } = useDesk();
  const [name, setName] = useState('');
  const { busy, problem, run, setProblem } = useTask();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const wrong = nameProblem(name);
    if (wrong) return setProblem(wrong);
    const done = await run(async () => onMade(await keys.create(roomId, name.trim())));
    if (done) toast('API key created');
  };
  return (
    <form className="inline-form new-key" onSubmit={submit} noValidate>
      <Field
        label="Display name"
        hint="Who the messages come from, such as “Build server”."
        value={name}
        onValue={setName}
        maxLength={100}
        autoComplete="off"
        autoFocus={onCancel !== null}
        problem={problem}
      />
      <div className="inline-form-actions">
        <Button kind="primary" type="submit" busy={busy}>
          Create API key
        </Button>
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}
