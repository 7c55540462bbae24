import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Api } from '../api/client';
import { Failure } from '../api/http';
import type { Message, MessagePage, Room, StreamEvent, User } from '../api/wire';
import type { StreamState } from '../stream/connection';
import type { StreamListener } from '../stream/stream';
import { createApp, type Outside } from './app';
import { apiKey, deferred, idsOf, ME, message, page, room, user } from './fixtures';
import { memoryKeep } from './store';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A whole app against a made-up server whose state the test sets and whose calls it can read. */
async function start(more: { rooms?: Room[]; keep?: Outside['keep'] } = {}) {
  const me = user(ME, { role: 'owner' });
  const server = {
    down: false,
    rooms: more.rooms ?? [room(1), room(2)],
    last: new Map<number, Message>(),
    unread: new Map<number, number>(),
    pages: new Map<number, MessagePage>(),
    hold: null as Promise<unknown> | null,
  };
  const calls: string[] = [];
  const answer = async <T>(name: string, value: () => T): Promise<T> => {
    calls.push(name);
    if (server.hold) await server.hold;
    if (server.down) throw new Failure(0, 'away');
    return value();
  };
  const historyOf = (id: number) => ({
    roomId: id,
    muted: false,
    pinned: false,
    lastMessage: server.last.get(id) ?? null,
    unreadCount: server.unread.get(id) ?? 0,
  });
  const api = {
    settings: () => answer('settings', () => ({ teamMode: true, teamName: 'T', publicUrl: '' })),
    me: () => answer('me', () => me),
    setUpNeeded: () => answer('setup', () => false),
    signOut: () => answer('signOut', () => ({})),
    rooms: () => answer('rooms', () => ({ list: server.rooms, hasNext: false })),
    history: () =>
      answer('history', () => {
        const list = server.rooms.map((r) => historyOf(r.id));
        return { list, count: list.length, limit: 20, page: 1 };
      }),
    historyItem: (id: number) => answer(`historyItem ${id}`, () => historyOf(id)),
    messages: (id: number) => answer(`messages ${id}`, () => server.pages.get(id) ?? page([])),
    delivered: (ids: number[]) => answer(`delivered ${ids}`, () => ({ messageRecords: [] })),
    seen: (id: number, upTo: number) => answer(`seen ${id} ${upTo}`, () => ({ messageRecords: [] })),
    keys: (id: number) => answer(`keys ${id}`, () => [apiKey(1)]),
    people: () => answer('people', () => []),
    invites: () => answer('invites', () => []),
    post: (p: { roomId: number; localId: string; text: string }) =>
      answer(`post ${p.text}`, () =>
        message(99, { fromUserId: ME, localId: p.localId, roomId: p.roomId, body: { text: p.text } }),
      ),
    createRoom: () => answer('createRoom', () => room(9, [ME, 3], { type: 'private' })),
    privateRoom: (id: number) => answer(`privateRoom ${id}`, () => room(8, [ME, id], { type: 'private' })),
    user: (id: number) => answer(`user ${id}`, () => user(id)),
  };
  let listener: StreamListener | null = null;
  let relayed: (m: Message) => void = () => {};
  const relayOut: Message[] = [];
  const app = createApp({
    api: api as unknown as Api,
    stream: {
      start: (_id, to) => {
        listener = to;
      },
      retry: () => {},
      stop: () => {
        listener = null;
      },
    },
    relay: { send: (_id, m) => relayOut.push(m), listen: (_id, l) => (relayed = l) },
    keep: more.keep ?? memoryKeep(),
    base: 'http://x',
    now: () => 5000,
    newId: () => 'new-id',
    soon: (run) => void setTimeout(run, 1),
  });
  await app.session.begin();
  const state = (s: StreamState) => listener?.onState(s);
  const events = async (...list: StreamEvent[]) => {
    listener?.onEvents(list);
    await vi.advanceTimersByTimeAsync(2);
  };
  state('connecting');
  state('open');
  await vi.advanceTimersByTimeAsync(5);
  const { desk } = app.desk.getState();
  if (!desk) throw new Error('nobody is signed in');
  return { app, desk, api, server, calls, state, events, relayOut, relay: (m: Message) => relayed(m), me };
}

const posted = (m: Message): StreamEvent => ({ type: 'NEW_MESSAGE', message: m });
const record = (id: number, userId: number, type: 'seen' | 'delivered', seenCount: number): StreamEvent => ({
  type: 'NEW_MESSAGE_RECORD',
  messageRecord: {
    id: id * 10 + userId,
    type,
    messageId: id,
    userId,
    reaction: null,
    roomId: 1,
    isDeleted: false,
    createdAt: 1,
    modifiedAt: 1,
  },
  deliveredCount: seenCount,
  seenCount,
  totalUserCount: 5,
});
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function opened(more: Parameters<typeof start>[0] = {}) {
  const s = await start(more);
  s.server.pages.set(1, page([1, 2]));
  await s.desk.attention.enter(1);
  s.desk.attention.look(1, 2, true);
  s.calls.length = 0;
  return s;
}

describe('a message from code', () => {
  it('appears in the open room and is reported seen at once', async () => {
    const { desk, events, calls } = await opened();
    await events(posted(message(3)));
    expect(idsOf(desk.timelines.get(1).messages)).toEqual([1, 2, 3]);
    expect(calls).toContain('seen 1 3');
    expect(desk.rooms.entry(1)).toMatchObject({ unread: 0, last: { id: 3 } });
    expect(desk.timelines.get(1).newFrom).toBeNull();
  });

  it('is reported received, not seen, while nobody looks, and seen once somebody does', async () => {
    const { desk, events, calls } = await opened();
    desk.attention.setVisible(false);
    await events(posted(message(3)));
    await wait(600);
    expect(calls).toEqual(['delivered 3']);
    expect(desk.rooms.entry(1)?.unread).toBe(1);
    expect(desk.timelines.get(1).newFrom).toBe(3);
    desk.attention.look(1, 3, true);
    desk.attention.setVisible(true);
    await wait(1);
    expect(calls).toContain('seen 1 3');
    expect(desk.rooms.entry(1)?.unread).toBe(0);
    expect(desk.timelines.get(1).newFrom).toBe(3);
  });

  it('is only received while one reads further up', async () => {
    const { desk, events, calls } = await opened();
    desk.attention.look(1, 1, false);
    await events(posted(message(3)), posted(message(4)));
    await wait(600);
    expect(calls).toEqual(['delivered 4']);
    expect(desk.rooms.entry(1)?.unread).toBe(2);
    expect(desk.timelines.get(1).newFrom).toBe(3);
  });

  it('counts as unread in another room, whose place in the list it takes', async () => {
    const { desk, events, calls } = await opened();
    await events(posted(message(30, { roomId: 2 })));
    await wait(200);
    expect(desk.rooms.entry(2)).toMatchObject({ unread: 1, last: { id: 30 } });
    expect(calls).toEqual(['delivered 30']);
  });

  it('is told to listeners only in the open room', async () => {
    const { desk, events } = await opened();
    await events(posted(message(30, { roomId: 2 })));
    expect(desk.attention.arrival.getState().message).toBeNull();
    await events(posted(message(3)), posted(message(4)));
    expect(desk.attention.arrival.getState()).toMatchObject({ message: { id: 4 }, more: 1 });
  });
});

describe('counts', () => {
  it('move with each record and stay when older news follows', async () => {
    const { desk, events } = await opened();
    await events(record(2, 3, 'seen', 4), record(2, 4, 'delivered', 3));
    expect(desk.timelines.get(1).messages[1]?.seenCount).toBe(4);
  });

  it('of large rooms come together', async () => {
    const { desk, events } = await opened();
    const counts = [1, 2].map((messageId) => ({ messageId, deliveredCount: 70, seenCount: 60, totalUserCount: 90 }));
    await events({ type: 'MESSAGE_COUNTS', roomId: 1, counts });
    expect(desk.timelines.get(1).messages.map((m) => m.seenCount)).toEqual([60, 60]);
  });

  it('of one’s own reading on another device clear the unread number here', async () => {
    const { desk, events, calls } = await opened();
    desk.attention.setVisible(false);
    await events(posted(message(3)));
    await events(record(3, ME, 'seen', 2));
    expect(desk.rooms.entry(1)?.unread).toBe(0);
    await wait(1000);
    expect(calls).toEqual([]);
  });
});

describe('after the server was away', () => {
  it('shows what was missed once, in order, and reads the open room’s counts again', async () => {
    const { desk, state, events, server, calls } = await opened();
    state('waiting');
    server.pages.set(1, page([1, 2, 3, 4]));
    state('open');
    await wait(1);
    expect(calls).toContain('messages 1');
    await events(posted(message(3)), posted(message(4)), posted(message(5)));
    expect(idsOf(desk.timelines.get(1).messages)).toEqual([1, 2, 3, 4, 5]);
  });

  it('sends what waited', async () => {
    const { desk, state, server, calls } = await opened();
    server.down = true;
    desk.outbox.send({ roomId: 1, text: 'hello', reply: null });
    await wait(1);
    expect(desk.outbox.store.getState()).toMatchObject([{ state: 'waiting' }]);
    server.down = false;
    state('waiting');
    state('open');
    await wait(1);
    expect(calls.filter((c) => c === 'post hello')).toHaveLength(2);
    expect(desk.outbox.store.getState()).toEqual([]);
    expect(desk.timelines.get(1).messages.at(-1)?.body.text).toBe('hello');
  });

  it('fetches anew when the place in the stream is lost, and applies what comes meanwhile on top', async () => {
    const { desk, events, server, calls } = await opened();
    const held = deferred<void>();
    server.hold = held.promise;
    server.pages.set(1, page([50, 51], 49));
    server.last.set(1, message(51));
    await events({ type: 'RESYNC' });
    await events(posted(message(52)));
    expect(idsOf(desk.timelines.get(1).messages)).toEqual([1, 2]);
    server.hold = null;
    held.resolve();
    await wait(5);
    expect(calls).toContain('rooms');
    expect(idsOf(desk.timelines.get(1).messages)).toEqual([50, 51, 52]);
    expect(desk.rooms.entry(1)?.last?.id).toBe(52);
  });

  it('says so only when it lasts', async () => {
    const { app, state } = await opened();
    state('waiting');
    await wait(900);
    expect(app.link.store.getState().troubled).toBe(false);
    state('connecting');
    await wait(200);
    expect(app.link.store.getState().troubled).toBe(true);
    state('open');
    expect(app.link.store.getState().troubled).toBe(false);
  });
});

describe('at the start', () => {
  it('does not wait for the stream for ever, and fetches again when it opens later', async () => {
    vi.useFakeTimers();
    const s = await start();
    expect(s.calls.filter((c) => c === 'rooms')).toHaveLength(1);
    expect(s.desk.rooms.store.getState().status).toBe('ready');
  });

  it('reports as received what is unread', async () => {
    const s = await start();
    s.server.last.set(2, message(20, { roomId: 2 }));
    s.server.unread.set(2, 3);
    await s.desk.live.fetchAll();
    await wait(600);
    expect(s.calls).toContain('delivered 20');
  });

  it('shows what failed and fetches again when asked', async () => {
    const s = await start();
    s.server.down = true;
    await s.desk.live.fetchAll();
    expect(s.desk.rooms.store.getState()).toMatchObject({ status: 'ready', trouble: 'away' });
    s.server.down = false;
    await s.desk.live.fetchAll();
    expect(s.desk.rooms.store.getState().trouble).toBeNull();
  });
});

describe('rooms', () => {
  it('come, change and go', async () => {
    const { desk, events } = await start();
    await events({ type: 'NEW_ROOM', room: room(5) });
    await events({ type: 'UPDATE_ROOM', room: room(5, [ME], { name: 'Renamed' }) });
    expect(desk.rooms.entry(5)?.room.name).toBe('Renamed');
    await events({ type: 'REMOVED_FROM_ROOM', roomId: 5 });
    expect(desk.rooms.goneWhy(5)).toBe('removed');
    await events({ type: 'DELETE_ROOM', room: room(2, [ME], { deleted: true }) });
    expect(desk.rooms.goneWhy(2)).toBe('deleted');
  });

  it('take in their order a message and the room it belongs to', async () => {
    const { desk, events } = await start();
    await events({ type: 'NEW_ROOM', room: room(5) }, posted(message(70, { roomId: 5 })));
    expect(desk.rooms.entry(5)).toMatchObject({ unread: 1, last: { id: 70 } });
    await events(posted(message(71, { roomId: 5 })), { type: 'REMOVED_FROM_ROOM', roomId: 5 });
    expect(desk.rooms.entry(5)).toBeUndefined();
  });

  it('seen on another device are counted anew', async () => {
    const { desk, events, calls } = await start();
    await events(posted(message(30, { roomId: 2 })));
    expect(desk.rooms.entry(2)?.unread).toBe(1);
    await events({ type: 'SEEN_ROOM', roomId: 2 });
    expect(calls).toContain('historyItem 2');
    expect(desk.rooms.entry(2)?.unread).toBe(0);
  });
});

it('shows renamed people, also oneself', async () => {
  const { app, desk, events, calls } = await start();
  await desk.people.load();
  calls.length = 0;
  const update = (u: User): StreamEvent => ({ type: 'USER_UPDATE', user: u });
  await events(update(user(2, { displayName: 'New', modifiedAt: 9 })));
  expect(desk.rooms.entry(1)?.room.users[1]?.user.displayName).toBe('New');
  expect(calls).toContain('people');
  await events(update(user(ME, { displayName: 'Me too', modifiedAt: 9 })));
  expect(app.session.me?.displayName).toBe('Me too');
});

it('fetches keys again when they change or are used, if they are on show', async () => {
  const { desk, events, calls } = await start();
  await events({ type: 'API_KEYS_CHANGED', roomId: 1 });
  await wait(100);
  expect(calls).not.toContain('keys 1');
  await desk.keys.load(1);
  calls.length = 0;
  await events({ type: 'API_KEYS_CHANGED', roomId: 1 });
  await wait(100);
  expect(calls).toEqual(['keys 1']);
  await events(posted(message(3)));
  await wait(1600);
  expect(calls.filter((c) => c === 'keys 1')).toHaveLength(2);
});

it('passes its posts to the other tabs and takes theirs', async () => {
  const { desk, relay, relayOut } = await opened();
  desk.outbox.send({ roomId: 1, text: 'mine', reply: null });
  await wait(2);
  expect(relayOut).toHaveLength(1);
  relay(message(100, { fromUserId: ME, localId: 'other-tab' }));
  await wait(2);
  expect(idsOf(desk.timelines.get(1).messages)).toEqual([1, 2, 99, 100]);
  expect(desk.rooms.entry(1)?.unread).toBe(0);
});

it('leaves when the session is over, and keeps nothing running', async () => {
  const { app, state } = await start();
  state('ended');
  expect(app.session.store.getState()).toMatchObject({ phase: 'signed-out', me: null });
  expect(app.session.store.getState().notice).toMatch(/signed out/);
  expect(app.desk.getState().desk).toBeNull();
});

it('asks whether the session holds when the stream was stopped elsewhere', async () => {
  const { app, api, state } = await start();
  state('stopped');
  await wait(1);
  expect(app.session.store.getState().phase).toBe('signed-in');
  api.me = () => Promise.reject(new Failure(401, 'no'));
  state('open');
  state('stopped');
  await wait(1);
  expect(app.session.store.getState().phase).toBe('signed-out');
});

describe('a private room', () => {
  it('is taken from the list, made, or found', async () => {
    const s = await start({ rooms: [room(1), room(4, [ME, 7], { type: 'private' })] });
    expect((await s.desk.openPrivate(7)).id).toBe(4);
    expect((await s.desk.openPrivate(3)).id).toBe(9);
    s.api.createRoom = () => Promise.reject(new Failure(409, 'Room already exists'));
    expect((await s.desk.openPrivate(6)).id).toBe(8);
    s.api.createRoom = () => Promise.reject(new Failure(403, 'no'));
    await expect(s.desk.openPrivate(5)).rejects.toThrow('no');
  });
});
