// The service worker: shows what is pushed to this browser, also while no page of the app is open. It keeps
// no files and answers no requests of pages. It is registered only for people who want notifications.

/** How long a tab may take to say whether it reads a room, in milliseconds. */
const PATIENCE_MS = 500;
const scope = self.registration.scope;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('push', (event) => event.waitUntil(tell(read(event.data))));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.roomId ?? null));
});
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(subscribeAnew()));

/** What was pushed. Something always has to be shown for it, so nothing that comes makes this fail. */
function read(data) {
  let said = null;
  try {
    said = data?.json();
  } catch {
    // Not the server's words: all that is known is that there is something.
  }
  const text = (value, otherwise) => (typeof value === 'string' && value !== '' ? value : otherwise);
  return {
    title: text(said?.title, 'Spika'),
    body: text(said?.body, 'New message'),
    roomId: Number.isSafeInteger(said?.roomId) ? said.roomId : null,
    messageId: Number.isSafeInteger(said?.messageId) ? said.messageId : null,
  };
}

async function tell({ title, body, roomId, messageId }) {
  // One notification for each room, which a newer message takes over and rings for again.
  const tag = roomId === null ? 'spika' : `room-${roomId}`;
  let shown = Promise.resolve();
  const late = async () => {
    await shown;
    const found = await self.registration.getNotifications({ tag });
    for (const one of found) if (one.data?.messageId === messageId) one.close();
  };
  if (roomId !== null && (await isRead(roomId, late))) return;
  shown = self.registration.showNotification(title, {
    body,
    tag,
    renotify: true,
    icon: address('icon-192.png'),
    badge: address('badge-96.png'),
    data: { roomId, messageId },
  });
  await shown;
}

/**
 * Whether somebody has this room before their eyes in a tab, where the message appears by itself. A tab that
 * is too busy to say so in time says it to `late`.
 */
async function isRead(roomId, late) {
  const visible = (await tabs()).filter((tab) => tab.visibilityState === 'visible');
  const answers = await Promise.all(
    visible.map((tab) => ask(tab, { kind: 'reads', roomId }, (reads) => reads && late())),
  );
  return answers.includes(true);
}

/** Brings the room before the person: in a tab that is there, else in a new one. */
async function open(roomId) {
  const found = await tabs();
  found.sort((a, b) => Number(b.focused) - Number(a.focused));
  for (const tab of found) {
    // A tab where nobody is signed in, or that sleeps, does not answer.
    if (await ask(tab, { kind: 'open', roomId })) return tab.focus().catch(() => {});
  }
  return self.clients.openWindow(address(roomId === null ? '' : `r/${roomId}`));
}

const address = (path) => new URL(path, scope).href;

/** The tabs of this app. Their `url` is the one they were opened with, whatever they show by now. */
async function tabs() {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return all.filter((tab) => tab.url.startsWith(scope));
}

/** What a tab answers; null when it does not in time, and then `late` hears it. */
function ask(tab, question, late = () => {}) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    let inTime = true;
    setTimeout(() => {
      inTime = false;
      resolve(null);
    }, PATIENCE_MS);
    port1.onmessage = (answer) => (inTime ? resolve(answer.data) : late(answer.data));
    tab.postMessage(question, [port2]);
  });
}

/** The browser gave the subscription up for another: tells the server where pushes go now. */
async function subscribeAnew() {
  const answer = await fetch(address('api/messenger/push/key'));
  if (!answer.ok) return; // Nobody is signed in any more.
  const { publicKey } = (await answer.json()).data;
  if (!publicKey) return;
  const subscription = await self.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  });
  const { endpoint, keys } = subscription.toJSON();
  await fetch(address('api/messenger/push/subscription'), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ endpoint, keys }),
  });
}
