// The page's one Trusted Types policy. Scripts are only started through it, and it lets two through: the
// shared worker of the event stream and the service worker.
import workerUrl from './worker?sharedworker&url';

export type Scripts = {
  /** The event stream's worker, as something that a worker can be started with. */
  streamWorker: () => string;
  /** The service worker, likewise. */
  serviceWorker: () => string;
  /** The whole address of the service worker. */
  serviceWorkerUrl: string;
};

type Policy = { createScriptURL: (url: string) => string };
type TrustedTypes = { createPolicy: (name: string, rules: Policy) => Policy };

/** The scripts of the app at `base`, an address without a slash at its end. Made once for each page. */
export function createScripts(base: string): Scripts {
  const serviceWorkerUrl = `${base}/sw.js`;
  const allowed = [workerUrl, serviceWorkerUrl];
  let policy: Policy | null = null;
  const trusted = (url: string): string => {
    const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
    policy ??= types?.createPolicy('sw', { createScriptURL: only(allowed) }) ?? { createScriptURL: only(allowed) };
    return policy.createScriptURL(url);
  };
  return {
    streamWorker: () => trusted(workerUrl),
    serviceWorker: () => trusted(serviceWorkerUrl),
    serviceWorkerUrl,
  };
}

const only =
  (allowed: readonly string[]) =>
  (asked: string): string => {
    if (!allowed.includes(asked)) throw new TypeError(`not a script of this app: ${asked}`);
    return asked;
  };
