// The door to the browser's own part in notifications: permission, subscription, and what the service worker
// asks. The worker is registered when the person first subscribes, and not before.
import type { PushAddress } from '../api/wire';
import type { Scripts } from '../stream/trusted';

/** Why this browser cannot show notifications here. insecure: neither https nor this machine itself */
export type Hindrance = 'insecure' | 'unsupported';

export type Subscribed = {
  /** The server's key that it was made with, in base64url; empty if the browser does not tell. */
  key: string;
  address: PushAddress;
};

/** What the service worker wants to know of a tab. */
export type Answers = {
  /** Shows a room, or the start for null. */
  open: (roomId: number | null) => void;
  /** Whether a message posted to this room now is read as it appears. */
  reads: (roomId: number) => boolean;
};

export type PushDoor = {
  hindrance: () => Hindrance | null;
  permission: () => NotificationPermission;
  /** Has the browser ask the person. To be called right after they pressed something. */
  ask: () => Promise<NotificationPermission>;
  /** The subscription there is. This and the next two reject where the browser refuses. */
  current: () => Promise<Subscribed | null>;
  /** Subscribes with the server's key. The browser calls its maker's push service for that. */
  subscribe: (key: string) => Promise<PushAddress>;
  /** Ends the subscription, if there is one. */
  unsubscribe: () => Promise<void>;
  /** Takes back the notifications of which this is so: by their room and message, null where unknown. */
  takeBack: (which: (roomId: number | null, messageId: number | null) => boolean) => Promise<void>;
  /** Answers the service worker until the function that it gives is called. */
  answer: (answers: Answers) => () => void;
};

type Question = { kind: 'open'; roomId: number | null } | { kind: 'reads'; roomId: number };

/** The door for the app at `base`, an address without a slash at its end. */
export function createDoor(base: string, scripts: Scripts): PushDoor {
  const scope = `${base}/`;
  const workers = (globalThis.navigator as Partial<Navigator>).serviceWorker;

  const registration = async (): Promise<ServiceWorkerRegistration | null> => {
    const found = await workers?.getRegistration(scope);
    return found?.scope === scope ? found : null; // else it is another app's, further up on this host
  };
  const hindrance = (): Hindrance | null => {
    if (!globalThis.isSecureContext) return 'insecure';
    const able = workers && 'PushManager' in globalThis && 'Notification' in globalThis;
    return able ? null : 'unsupported';
  };

  return {
    hindrance,
    permission: () => (hindrance() === null ? Notification.permission : 'denied'),
    ask: () => Notification.requestPermission(),
    async current() {
      const held = await (await registration())?.pushManager.getSubscription();
      return held ? { key: base64url(held.options.applicationServerKey), address: addressOf(held) } : null;
    },
    async subscribe(key) {
      if (!workers) throw new Error('no service workers');
      const made = await workers.register(scripts.serviceWorker(), { scope });
      await active(made);
      return addressOf(await made.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    },
    async unsubscribe() {
      await (await (await registration())?.pushManager.getSubscription())?.unsubscribe();
    },
    async takeBack(which) {
      const shown = (await (await registration())?.getNotifications()) ?? [];
      for (const one of shown) if (which(one.data?.roomId ?? null, one.data?.messageId ?? null)) one.close();
    },
    answer(answers) {
      const hear = (e: MessageEvent<Question>) => {
        // A worker further up on this host asks all tabs that it finds, ours among them.
        if ((e.source as ServiceWorker | null)?.scriptURL !== scripts.serviceWorkerUrl) return;
        const { data } = e;
        if (data.kind === 'open') answers.open(data.roomId);
        e.ports[0]?.postMessage(data.kind === 'open' || answers.reads(data.roomId));
      };
      workers?.addEventListener('message', hear);
      return () => workers?.removeEventListener('message', hear);
    },
  };
}

/** Waits until the registration has a worker that can take pushes. */
async function active(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active || !worker) return;
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error('the service worker does not start'));
    });
  });
}

function addressOf(subscription: PushSubscription): PushAddress {
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint: endpoint ?? '', keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' } };
}

function base64url(bytes: ArrayBuffer | null): string {
  const text = String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
