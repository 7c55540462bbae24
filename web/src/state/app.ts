// Puts the parts of the state together: what lives as long as the page, and what lives as long as a session.
import type { Api } from '../api/client';
import { Failure } from '../api/http';
import type { Room, User } from '../api/wire';
import type { PushDoor } from '../push/door';
import type { Relay } from '../stream/relay';
import type { Stream } from '../stream/stream';
import { Attention } from './attention';
import { createDrafts } from './drafts';
import { Keys } from './keys';
import { Link } from './link';
import { Live } from './live';
import { Notifications } from './notifications';
import { Outbox, type PendingFile } from './outbox';
import { People } from './people';
import { Receipts } from './receipts';
import { Rooms } from './rooms';
import { Session } from './session';
import { createStore, type Keep } from './store';
import { Timelines } from './timelines';
import { Uploads } from './uploads';
import { Users } from './users';

/** What the app needs from the outside. */
export type Outside = {
  api: Api;
  stream: Stream;
  relay: Relay;
  door: PushDoor;
  keep: Keep;
  /** The server's address as this page knows it, without a slash at its end. */
  base: string;
  now: () => number;
  newId: () => string;
  soon: (run: () => void) => void;
  /** A file is posted or given up: what the page made to show it in the meantime can go. */
  forgetFile: (file: PendingFile) => void;
};

export type App = ReturnType<typeof createApp>;
export type Desk = ReturnType<typeof createDesk>;

/** The app of one page. A desk stands in it while somebody is signed in. */
export function createApp(outside: Outside) {
  const desk = createStore<{ desk: Desk | null }>(() => ({ desk: null }));
  const session = new Session(outside.api, async () => desk.getState().desk?.notifications.forget());
  const link = new Link();
  session.store.subscribe(({ phase, me }) => {
    const now = desk.getState().desk;
    if (phase === 'signed-in' && me && now?.meId !== me.id) {
      now?.close();
      const next = createDesk(outside, session, link, me);
      desk.setState({ desk: next });
      void next.live.begin();
      void next.notifications.begin();
    } else if (phase === 'signed-out' && now) {
      now.close();
      outside.stream.stop();
      link.became('stopped');
      desk.setState({ desk: null });
    }
  });
  const { api, base, stream, door, keep } = outside;
  return { session, link, desk, api, base, stream, door, keep };
}

/** Everything one signed-in person has before them. */
function createDesk(outside: Outside, session: Session, link: Link, me: User) {
  const { api, stream, relay, keep } = outside;
  const users = new Users(api);
  users.know([me]);
  const rooms = new Rooms(api, users);
  const timelines = new Timelines(api, me.id);
  const receipts = new Receipts(api);
  const keys = new Keys(api);
  const people = new People(api);
  const attention = new Attention({ rooms, timelines, receipts, meId: me.id });
  const notifications = new Notifications({ api, door: outside.door, keep, userId: me.id });
  const drafts = createDrafts(keep, me.id);
  const outbox = new Outbox({
    api,
    keep,
    userId: me.id,
    now: outside.now,
    newId: outside.newId,
    onSent: (message) => {
      live.posted([message]);
      relay.send(me.id, message);
    },
    onFileEnd: outside.forgetFile,
  });
  const uploads = new Uploads({ api, outbox, now: outside.now, newId: outside.newId, onEnd: outside.forgetFile });
  const live: Live = new Live({
    stream,
    me,
    attention,
    keys,
    link,
    outbox,
    people,
    receipts,
    rooms,
    timelines,
    uploads,
    users,
    soon: outside.soon,
    onMe: (user) => session.changed(user),
    onDoubt: () => void session.check(),
    onExpired: () => session.expired(),
  });
  relay.listen(me.id, (message) => live.take([{ type: 'NEW_MESSAGE', message }]));
  return {
    meId: me.id,
    users,
    rooms,
    timelines,
    receipts,
    keys,
    people,
    attention,
    notifications,
    drafts,
    outbox,
    uploads,
    live,
    openPrivate: (userId: number) => openPrivate(api, rooms, userId),
    close() {
      live.stop();
      outbox.stop();
      uploads.stop();
      receipts.stop();
    },
  };
}

/** The private room with this person, made if there is none. Rejects with a Failure. */
async function openPrivate(api: Api, rooms: Rooms, userId: number): Promise<Room> {
  const held = [...rooms.list.entries.values()].find(
    (e) => e.room.type === 'private' && e.room.users.some((m) => m.userId === userId),
  );
  if (held) return held.room;
  const room = await findPrivate(api, userId);
  rooms.put(room);
  return room;
}

async function findPrivate(api: Api, userId: number): Promise<Room> {
  try {
    return await api.createRoom({ type: 'private', userIds: [userId] });
  } catch (e) {
    if (e instanceof Failure && e.status === 409) return api.privateRoom(userId);
    throw e;
  }
}
