// The door to live events for the rest of the app: one shared connection where the browser can share
// one, else this tab's own.
import type { StreamEvent } from '../api/wire';
import type { StreamState } from './connection';
import { type FromHub, Hub, type Port, type ToHub } from './hub';
import type { Scripts } from './trusted';

export type Stream = {
  /** Begins for this person. Events and states are told to the listener until `stop`. */
  start: (userId: number, listener: StreamListener) => void;
  /** Tries again at once when the connection is lost. */
  retry: () => void;
  /** Ends it for all tabs: the person signed out. */
  stop: () => void;
};

export type StreamListener = {
  onState: (state: StreamState) => void;
  onEvents: (events: StreamEvent[]) => void;
};

/** A stream from the server at `base`, an address without a slash at its end. */
export function createStream(base: string, scripts: Scripts): Stream {
  let listener: StreamListener | null = null;
  let say: ((said: ToHub) => void) | null = null;

  const hear = (said: FromHub) => {
    if (said.kind === 'state') listener?.onState(said.state);
    else listener?.onEvents(said.events);
  };
  globalThis.addEventListener?.('pagehide', () => say?.({ kind: 'bye' }));

  return {
    start(userId, to) {
      listener = to;
      say ??= sharedHub(hear, scripts) ?? ownHub(hear);
      say({ kind: 'start', base, userId });
    },
    retry: () => say?.({ kind: 'retry' }),
    stop() {
      say?.({ kind: 'stop' });
      listener = null;
    },
  };
}

function ownHub(hear: (said: FromHub) => void): (said: ToHub) => void {
  const hub = new Hub();
  const port: Port = { postMessage: hear };
  return (said) => hub.hear(port, said);
}

/** A way to talk to the hub that this browser's tabs share, or null where workers cannot be shared. */
function sharedHub(hear: (said: FromHub) => void, scripts: Scripts): ((said: ToHub) => void) | null {
  if (typeof SharedWorker === 'undefined') return null;
  let worker: SharedWorker;
  try {
    worker = new SharedWorker(scripts.streamWorker(), { type: 'module', name: 'spika-stream' });
  } catch {
    return null;
  }
  let say = (said: ToHub) => worker.port.postMessage(said);
  let started: ToHub | null = null;
  worker.onerror = () => {
    say = ownHub(hear);
    if (started) say(started);
  };
  worker.port.onmessage = (e: MessageEvent<FromHub>) => hear(e.data);
  return (said) => {
    if (said.kind === 'start') started = said;
    say(said);
  };
}
