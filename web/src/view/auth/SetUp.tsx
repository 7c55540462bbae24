import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useApp } from '../app/context';
import { Button } from '../kit/Button';
import { Field, FormProblem, PasswordField } from '../kit/Field';
import { useTask } from '../kit/useTask';
import { AuthPage } from './AuthPage';
import { emailProblem, nameProblem, PASSWORD_HINT, passwordProblem, problemsOf } from './checks';
import { LinkPage } from './LinkPage';

/** First run: the owner's account and the team's name. */
export default function SetUp() {
  return (
    <LinkPage
      kind="setup"
      gone="A set-up link works once. If this server has no owner yet, restart it: it prints a new link."
    >
      {(token) => <SetUpForm token={token} />}
    </LinkPage>
  );
}

function SetUpForm({ token }: { token: string }) {
  const { session } = useApp();
  const [, go] = useLocation();
  const [form, setForm] = useState({ teamName: '', displayName: '', emailAddress: '', password: '' });
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
    if (!found && (await run(() => session.setUp({ token, ...form, emailAddress: form.emailAddress.trim() })))) go('/');
  };
  return (
    <AuthPage title="Welcome to Spika" lead="Set this server up for your team. You will be its owner.">
      <form onSubmit={submit} noValidate>
        <Field
          label="Team name"
          hint="Shown to everyone. You can leave it empty."
          maxLength={100}
          autoComplete="organization"
          autoFocus
          {...field('teamName')}
        />
        <Field label="Your name" maxLength={100} autoComplete="name" {...field('displayName')} />
        <Field label="E-mail" type="email" autoComplete="username" {...field('emailAddress')} />
        <PasswordField label="Password" hint={PASSWORD_HINT} autoComplete="new-password" {...field('password')} />
        <FormProblem>{problem}</FormProblem>
        <Button kind="primary" type="submit" wide busy={busy}>
          Set up Spika
        </Button>
      </form>
    </AuthPage>
  );
}
