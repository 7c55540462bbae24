import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useStore } from 'zustand';
import { userName } from '../../state/names';
import { useApp } from '../app/context';
import { Button } from '../kit/Button';
import { Field, FormProblem, PasswordField } from '../kit/Field';
import { useTask } from '../kit/useTask';
import { AuthPage } from './AuthPage';
import { emailProblem, nameProblem, PASSWORD_HINT, passwordProblem, problemsOf } from './checks';
import { LinkPage } from './LinkPage';

/** Joining a team through an invite link. */
export default function AcceptInvite() {
  const { session } = useApp();
  const me = useStore(session.store, (s) => s.me);
  if (me) return <Already name={userName(me)} />;
  return (
    <LinkPage kind="invite" gone="It expired or was taken back. Ask an admin of the team for a new one.">
      {(token, info) => <AcceptForm token={token} teamName={info.teamName} />}
    </LinkPage>
  );
}

function Already({ name }: { name: string }) {
  const { session } = useApp();
  return (
    <AuthPage title={`You are signed in as ${name}`} lead="An invite link makes a new account. You have one already.">
      <p>
        <Link href="/" className="button primary">
          Go to your rooms
        </Link>
      </p>
      <p className="auth-foot">
        Joining as somebody else?{' '}
        <Button kind="link" onClick={() => session.signOut()}>
          Sign out
        </Button>
      </p>
    </AuthPage>
  );
}

function AcceptForm({ token, teamName }: { token: string; teamName: string }) {
  const { session } = useApp();
  const [, go] = useLocation();
  const [form, setForm] = useState({ displayName: '', emailAddress: '', password: '' });
  const [problems, setProblems] = useState<Partial<Record<keyof typeof form, string>> | null>(null);
  const { busy, problem, run } = useTask();
  const field = (key: keyof typeof form) => ({
    value: form[key],
    problem: problems?.[key],
    onValue: (value: string) => setForm({ ...form, [key]: value }),
  });
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const found = problemsOf({
      displayName: nameProblem(form.displayName),
      emailAddress: emailProblem(form.emailAddress),
      password: passwordProblem(form.password),
    });
    setProblems(found);
    if (found) return;
    const joining = { token, ...form, emailAddress: form.emailAddress.trim() };
    if (await run(() => session.acceptInvite(joining))) go('/');
  };
  return (
    <AuthPage title={teamName ? `Join ${teamName}` : 'Join the team'} lead="Make your account, and you are in.">
      <form onSubmit={submit} noValidate>
        <Field label="Your name" maxLength={100} autoComplete="name" autoFocus {...field('displayName')} />
        <Field label="E-mail" type="email" autoComplete="username" {...field('emailAddress')} />
        <PasswordField label="Password" hint={PASSWORD_HINT} autoComplete="new-password" {...field('password')} />
        <FormProblem>{problem}</FormProblem>
        <Button kind="primary" type="submit" wide busy={busy}>
          Join
        </Button>
      </form>
    </AuthPage>
  );
}
