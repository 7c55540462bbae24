import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StreamEvent } from '../api/wire';
import { deferred, idsOf, ME, message, page } from './fixtures';
import { opened, posted, start } from './testbed';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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

  it('of one’s own message do not stand for what others wrote before it', async () => {
    const { desk, events, calls } = await opened();
    desk.outbox.send({ roomId: 1, text: 'mine', reply: null });
    await wait(2);
    await events(record(99, ME, 'seen', 1));
    await events(posted(message(3)));
    expect(calls).toContain('seen 1 3');
    expect(desk.rooms.entry(1)?.unread).toBe(0);
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

  it('counts and reports what others wrote before one’s own message got through first', async () => {
    const { desk, events, calls } = await opened();
    desk.attention.look(1, 2, false);
    desk.outbox.send({ roomId: 1, text: 'mine', reply: null });
    await wait(2);
    await events(posted(message(3)), posted(message(4)));
    expect(desk.rooms.entry(1)?.unread).toBe(2);
    desk.attention.look(1, 99, true);
    await wait(1);
    expect(calls).toContain('seen 1 99');
    expect(desk.rooms.entry(1)?.unread).toBe(0);
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
