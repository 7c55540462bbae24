import { WifiOff } from 'lucide-react';
import { useStore } from 'zustand';
import { useApp } from '../app/context';
import { Button } from '../kit/Button';

/** Says that live events do not arrive, once that has lasted a moment. */
export function Banner() {
  const { link, stream } = useApp();
  const { troubled, stream: state } = useStore(link.store);
  return (
    <div role="status">
      {troubled && (
        <div className="banner">
          <WifiOff size={16} aria-hidden />
          <p>
            <b>Reconnecting…</b> What you send waits here and goes out when the server is back.
          </p>
          <Button kind="link" onClick={() => stream.retry()} disabled={state === 'connecting'}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}
