// Which screen stands where.
import { CloudOff, KeyRound } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Route, Router, Switch } from 'wouter';
import { useStore } from 'zustand';
import type { App as AppState } from '../../state/app';
import { AuthPage } from '../auth/AuthPage';
import { SignIn } from '../auth/SignIn';
import { Button } from '../kit/Button';
import { Empty, Spinner } from '../kit/State';
import { Toasts } from '../kit/Toasts';
import { Shell } from '../shell/Shell';
import { Boundary } from './Boundary';
import { AppContext, DeskContext, useApp as useAppState } from './context';
import './app.css';

const SetUp = lazy(() => import('../auth/SetUp'));
const AcceptInvite = lazy(() => import('../auth/AcceptInvite'));
const ResetPassword = lazy(() => import('../auth/ResetPassword'));

/** The whole app. `basePath` is the public path it lives under, without a slash at its end. */
export function App({ app, basePath }: { app: AppState; basePath: string }) {
  return (
    <AppContext value={app}>
      <Router base={basePath}>
        <Boundary>
          <Suspense fallback={<Splash />}>
            <Switch>
              <Route path="/setup">
                <SetUp />
              </Route>
              <Route path="/invite">
                <AcceptInvite />
              </Route>
              <Route path="/reset">
                <ResetPassword />
              </Route>
              <Route>
                <Inside />
              </Route>
            </Switch>
          </Suspense>
        </Boundary>
      </Router>
      <Toasts />
    </AppContext>
  );
}

const Splash = () => (
  <div className="splash">
    <Spinner label="Loading" />
  </div>
);

function Inside() {
  const app = useAppState();
  const phase = useStore(app.session.store, (s) => s.phase);
  const desk = useStore(app.desk, (s) => s.desk);
  if (phase === 'signed-in' && desk) {
    return (
      <DeskContext value={desk}>
        <Shell key={desk.meId} />
      </DeskContext>
    );
  }
  if (phase === 'signed-out') return <SignIn />;
  if (phase === 'needs-setup') return <NotSetUp />;
  if (phase === 'unreachable') return <Unreachable />;
  return <Splash />;
}

function NotSetUp() {
  return (
    <AuthPage title="This server is not set up yet">
      <p className="auth-lead">
        When it started, the server printed a set-up link in its terminal. Open that link in this browser to make the
        owner's account.
      </p>
      <p className="hint-line">
        <KeyRound size={16} aria-hidden /> The link ends in <code>/setup#…</code> and works once.
      </p>
    </AuthPage>
  );
}

function Unreachable() {
  const { session } = useAppState();
  return (
    <main className="splash">
      <h1 className="out-of-sight">The server cannot be reached</h1>
      <Empty
        icon={<CloudOff size={24} />}
        title="The server cannot be reached"
        action={
          <Button kind="primary" onClick={() => session.begin()}>
            Try again
          </Button>
        }
      >
        Check your connection. Nothing you wrote is lost.
      </Empty>
    </main>
  );
}
