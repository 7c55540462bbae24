// A whole app against a made-up server, for the tests of what events do to it.
import { vi } from 'vitest';
import type { Api } from '../api/client';
import { Failure } from '../api/http';
import type { Message, MessagePage, PushAddress, Room, StreamEvent } from '../api/wire';
import type { StreamState } from '../stream/connection';
import type { StreamListener } from '../stream/stream';
import { createApp, type Outside } from './app';
import { apiKey, ME, message, page, room, shutDoor, user } from './fixtures';
import { memoryKeep } from './store';

/** Starts it with a signed-in owner. The test sets the server's state and reads its calls. Needs fake timers. */
export async function start(more: { rooms?: Room[]; keep?: Outside['keep']; door?: Outside['door'] } = {}) {
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
    post: (p: { roomId: number; localId: string; body: { text: string } }) =>
      answer(`post ${p.body.text}`, () =>
        message(99, { fromUserId: ME, localId: p.localId, roomId: p.roomId, body: p.body }),
      ),
    createRoom: () => answer('createRoom', () => room(9, [ME, 3], { type: 'private' })),
    privateRoom: (id: number) => answer(`privateRoom ${id}`, () => room(8, [ME, id], { type: 'private' })),
    pushKey: () => answer('pushKey', () => 'key'),
    subscribe: (to: PushAddress) => answer(`subscribe ${to.endpoint}`, () => ({ subscribed: true })),
    unsubscribe: () => answer('unsubscribe', () => ({ deleted: true })),
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
    door: more.door ?? shutDoor,
    keep: more.keep ?? memoryKeep(),
    base: 'http://x',
    now: () => 5000,
    newId: () => 'new-id',
    soon: (run) => void setTimeout(run, 1),
    forgetFile: () => {},
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

/** The same with room 1 open, its messages 1 and 2 read, and the calls so far forgotten. */
export async function opened(more: Parameters<typeof start>[0] = {}) {
  const s = await start(more);
  s.server.pages.set(1, page([1, 2]));
  await s.desk.attention.enter(1);
  s.desk.attention.look(1, 2, true);
  s.calls.length = 0;
  return s;
}

export const posted = (m: Message): StreamEvent => ({ type: 'NEW_MESSAGE', message: m });
