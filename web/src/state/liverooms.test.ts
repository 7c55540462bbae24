import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Failure } from '../api/http';
import type { StreamEvent, User } from '../api/wire';
import { idsOf, ME, message, room, user } from './fixtures';
import { opened, posted, start } from './testbed';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('rooms', () => {
  it('come, change and go', async () => {
    const { desk, events } = await start();
    await events({ type: 'NEW_ROOM', room: room(5) });
    await events({ type: 'UPDATE_ROOM', room: room(5, [ME], { name: 'Renamed' }) });
    expect(desk.rooms.entry(5)?.room.name).toBe('Renamed');
    await events({ type: 'REMOVED_FROM_ROOM', roomId: 5, isMember: true });
    expect(desk.rooms.entry(5)?.room.name).toBe('Renamed');
    await events({ type: 'REMOVED_FROM_ROOM', roomId: 5, isMember: false });
    expect(desk.rooms.goneWhy(5)).toBe('removed');
    await events({ type: 'DELETE_ROOM', room: room(2, [ME], { deleted: true }) });
    expect(desk.rooms.goneWhy(2)).toBe('deleted');
  });

  it('take in their order a message and the room it belongs to', async () => {
    const { desk, events } = await start();
    await events({ type: 'NEW_ROOM', room: room(5) }, posted(message(70, { roomId: 5 })));
    expect(desk.rooms.entry(5)).toMatchObject({ unread: 1, last: { id: 70 } });
    await events(posted(message(71, { roomId: 5 })), { type: 'REMOVED_FROM_ROOM', roomId: 5, isMember: false });
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
