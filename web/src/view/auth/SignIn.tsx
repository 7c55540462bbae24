import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import { useApp, useSettings } from '../app/context';
import { Button } from '../kit/Button';
import { Field, FormProblem, PasswordField } from '../kit/Field';
import { useTask } from '../kit/useTask';
import { AuthPage } from './AuthPage';
import { deviceName } from './device';

export function SignIn() {
  const { session } = useApp();
  const { teamName } = useSettings();
  const notice = useStore(session.store, (s) => s.notice);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const { busy, problem, run, setProblem } = useTask();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if (email.trim() === '' || password === '') return setProblem('Enter your e-mail address and your password.');
    void run(() => session.signIn(email.trim(), password, deviceName(navigator.userAgent)));
  };
  return (
    <AuthPage title={teamName ? `Sign in to ${teamName}` : 'Sign in'} lead={notice}>
      <form onSubmit={submit} noValidate>
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          value={email}
          onValue={setEmail}
          autoFocus={!notice}
        />
        <PasswordField label="Password" autoComplete="current-password" value={password} onValue={setPassword} />
        <FormProblem>{problem}</FormProblem>
        <Button kind="primary" type="submit" wide busy={busy}>
          Sign in
        </Button>
      </form>
      <p className="auth-foot">
        No account yet, or forgot the password? An admin of your team can send you a link that lets you in.
      </p>
    </AuthPage>
  );
}
