import { type FormEvent, useState } from 'react';
import { useApp, useDesk, useMe } from '../app/context';
import { nameProblem, PASSWORD_HINT, passwordProblem } from '../auth/checks';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { Field, FormProblem, PasswordField } from '../kit/Field';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { NotificationSettings } from './NotificationSettings';

/** One's own name and password, and whether this browser shows notifications. */
export function Profile({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Profile and password" onClose={onClose}>
      <Name />
      <NotificationSettings />
      <Password />
    </Dialog>
  );
}

function Name() {
  const { session } = useApp();
  const { rooms } = useDesk();
  const me = useMe();
  const [name, setName] = useState(me.displayName ?? '');
  const { busy, problem, run, setProblem } = useTask();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const wrong = nameProblem(name);
    if (wrong) return setProblem(wrong);
    const done = await run(async () => rooms.renameUser(await session.rename(name.trim())));
    if (done) toast('Your name was changed');
  };
  return (
    <form onSubmit={submit} noValidate>
      <Field
        label="Your name"
        hint={me.emailAddress ? `You sign in as ${me.emailAddress}.` : undefined}
        value={name}
        onValue={setName}
        maxLength={100}
        autoComplete="name"
        problem={problem}
      />
      <div className="dialog-actions">
        <Button type="submit" busy={busy} disabled={name.trim() === (me.displayName ?? '')}>
          Change name
        </Button>
      </div>
    </form>
  );
}

function Password() {
  const { session } = useApp();
  const me = useMe();
  const [now, setNow] = useState('');
  const [next, setNext] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const { busy, problem, run } = useTask();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const found = passwordProblem(next);
    setWrong(found);
    if (found || !(await run(() => session.changePassword(now, next)))) return;
    setNow('');
    setNext('');
    toast('Your password was changed');
  };
  return (
    <form onSubmit={submit} noValidate className="apart">
      <input type="email" autoComplete="username" value={me.emailAddress ?? ''} readOnly hidden />
      <PasswordField label="Current password" autoComplete="current-password" value={now} onValue={setNow} />
      <PasswordField
        label="New password"
        hint={`${PASSWORD_HINT} Your other devices will be signed out.`}
        autoComplete="new-password"
        value={next}
        onValue={setNext}
        problem={wrong}
      />
      <FormProblem>{problem}</FormProblem>
      <div className="dialog-actions">
        <Button type="submit" busy={busy} disabled={now === '' || next === ''}>
          Change password
        </Button>
      </div>
    </form>
  );
}
