import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import type { LinkInfo } from '../../api/wire';
import { useApp } from '../app/context';
import { Button } from '../kit/Button';
import { FormProblem, PasswordField } from '../kit/Field';
import { useTask } from '../kit/useTask';
import { AuthPage } from './AuthPage';
import { PASSWORD_HINT, passwordProblem } from './checks';
import { LinkPage } from './LinkPage';

/** Setting a password through a link that an admin made. */
export default function ResetPassword() {
  return (
    <LinkPage kind="reset" gone="It was used or has expired. Ask an admin of your team for a new one.">
      {(token, info) => <ResetForm token={token} info={info} />}
    </LinkPage>
  );
}

function ResetForm({ token, info }: { token: string; info: LinkInfo }) {
  const { session } = useApp();
  const [, go] = useLocation();
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const { busy, problem, run } = useTask();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const found = passwordProblem(password);
    setWrong(found);
    if (!found && (await run(() => session.resetPassword(token, password)))) go('/');
  };
  return (
    <AuthPage
      title="Choose a password"
      lead={`For ${info.displayName ?? 'your account'}${info.teamName ? ` at ${info.teamName}` : ''}. All other sessions of this account will be signed out.`}
    >
      <form onSubmit={submit} noValidate>
        <input type="email" autoComplete="username" value={info.emailAddress ?? ''} readOnly hidden />
        <PasswordField
          label="New password"
          hint={PASSWORD_HINT}
          autoComplete="new-password"
          autoFocus
          value={password}
          onValue={setPassword}
          problem={wrong}
        />
        <FormProblem>{problem}</FormProblem>
        <Button kind="primary" type="submit" wide busy={busy}>
          Set password and sign in
        </Button>
      </form>
    </AuthPage>
  );
}
