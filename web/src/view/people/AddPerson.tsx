import { type FormEvent, useState } from 'react';
import type { Link } from '../../api/wire';
import { useDesk, useMe } from '../app/context';
import { emailProblem, nameProblem, problemsOf } from '../auth/checks';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { Field, FormProblem } from '../kit/Field';
import { useTask } from '../kit/useTask';
import { HandOut } from './HandOut';

/** Adds a person by name and address, and gives the link that lets them in. */
export function AddPerson({ onClose }: { onClose: () => void }) {
  const [added, setAdded] = useState<{ name: string; link: Link } | null>(null);
  if (!added) return <Form onClose={onClose} onAdded={(name, link) => setAdded({ name, link })} />;
  return (
    <Dialog key="added" title={`${added.name} was added`} onClose={onClose}>
      <p>Send {added.name} this link. It lets them choose a password and signs them in, once.</p>
      <HandOut url={added.link.url} label="Sign-in link" expiresAt={added.link.expiresAt} />
      <div className="dialog-actions">
        <Button onClick={onClose}>Done</Button>
      </div>
    </Dialog>
  );
}

type FormProps = { onClose: () => void; onAdded: (name: string, link: Link) => void };

function Form({ onClose, onAdded }: FormProps) {
  const { people } = useDesk();
  const me = useMe();
  const [form, setForm] = useState({ displayName: '', emailAddress: '' });
  const [role, setRole] = useState<'admin' | 'member'>('member');
  const [problems, setProblems] = useState<Partial<Record<keyof typeof form, string>> | null>(null);
  const { busy, problem, run } = useTask();
  const field = (key: keyof typeof form) => ({
    value: form[key],
    problem: problems?.[key],
    onValue: (value: string) => setForm({ ...form, [key]: value }),
  });
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const displayName = form.displayName.trim();
    const emailAddress = form.emailAddress.trim();
    const found = problemsOf({ displayName: nameProblem(displayName), emailAddress: emailProblem(emailAddress) });
    setProblems(found);
    if (found) return;
    await run(async () => onAdded(displayName, await people.add({ displayName, emailAddress, role })));
  };
  return (
    <Dialog key="form" title="Add a person" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Field label="Name" maxLength={100} autoComplete="off" {...field('displayName')} />
        <Field label="E-mail" type="email" autoComplete="off" {...field('emailAddress')} />
        {me.role === 'owner' && (
          <div className="field">
            <label htmlFor="new-role">Role</label>
            <select
              id="new-role"
              className="input"
              value={role}
              onChange={(e) => setRole(e.target.value === 'admin' ? 'admin' : 'member')}
            >
              <option value="member">Member</option>
              <option value="admin">Admin: manages people and every room's keys</option>
            </select>
          </div>
        )}
        <FormProblem>{problem}</FormProblem>
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy}>
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
