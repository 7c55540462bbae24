import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { LinkInfo } from '../../api/wire';
import { Button } from '../kit/Button';
import { Spinner } from '../kit/State';
import { AuthPage } from './AuthPage';
import { useLink } from './useLink';

/** A page opened by a link with a token: it shows its form only if the link is good. */
export function LinkPage({
  kind,
  gone,
  children,
}: {
  kind: LinkInfo['kind'];
  /** What to do when the link does not work any more. */
  gone: string;
  children: (token: string, info: LinkInfo) => ReactNode;
}) {
  const { token, check, again } = useLink(kind);
  if (check.state === 'good') return children(token, check.info);
  if (check.state === 'checking') {
    return (
      <AuthPage title="One moment">
        <Spinner label="Checking the link" />
      </AuthPage>
    );
  }
  if (check.state === 'failed') {
    return (
      <AuthPage title="The server cannot be reached" lead="Check your connection and try again.">
        <Button kind="primary" onClick={again}>
          Try again
        </Button>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="This link does not work any more" lead={gone}>
      <p>
        <Link href="/" className="button">
          Go to sign-in
        </Link>
      </p>
    </AuthPage>
  );
}
