import { describe, expect, it, vi } from 'vitest';
import { Failure } from '../api/http';
import type { PushAddress } from '../api/wire';
import type { PushDoor, Subscribed } from '../push/door';
import { deferred, ME, shutDoor } from './fixtures';
import { Notifications } from './notifications';
import { memoryKeep } from './store';
import { start } from './testbed';

const WISH = 'spika.notifications';
const addressAt = (endpoint: string): PushAddress => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } });

/** A browser that would subscribe, and a server that would push. The test changes what they say. */
function bench(more: { wish?: number; held?: Subscribed; permission?: NotificationPermission } = {}) {
  const calls: string[] = [];
  const world = {
    key: 'key 1' as string | null,
    held: more.held ?? null,
    permission: more.permission ?? 'default',
    answer: 'granted' as NotificationPermission,
    fails: {} as Record<string, Error>,
    made: 0,
  };
  const call = async <T>(name: string, value: () => T): Promise<T> => {
    calls.push(name);
    const failure = world.fails[name.split(' ')[0] ?? ''];
    if (failure) throw failure;
    return value();
  };
  const door: PushDoor = {
    ...shutDoor,
    hindrance: () => null,
    permission: () => world.permission,
    ask: () =>
      call('ask', () => {
        world.permission = world.answer;
        return world.answer;
      }),
    current: async () => world.held,
    subscribe: (key) =>
      call(`door.subscribe ${key}`, () => {
        world.held = { key, address: addressAt(`address ${++world.made}`) };
        return world.held.address;
      }),
    unsubscribe: () =>
      call('door.unsubscribe', () => {
        world.held = null;
      }),
    takeBack: (which) => call(`takeBack ${which(1, 1)}`, () => {}),
  };
  const api = {
    pushKey: async () => world.key,
    subscribe: (to: PushAddress) => call(`subscribe ${to.endpoint}`, () => ({ subscribed: true as const })),
    unsubscribe: () => call('unsubscribe', () => ({ deleted: true as const })),
  };
  const keep = memoryKeep();
  if (more.wish) keep.set(WISH, String(more.wish));
  const notifications = new Notifications({ api, door, keep, userId: ME });
  return { notifications, world, calls, keep, door, api, state: () => notifications.store.getState() };
}

const held: Subscribed = { key: 'key 1', address: addressAt('held') };

describe('notifications', () => {
  it('are off until they are wanted, and then the browser is asked first', async () => {
    const { notifications, calls, keep, state } = bench();
    await notifications.begin();
    expect([calls, state().status]).toEqual([[], 'checking']);
    await notifications.check();
    expect([calls, state().status]).toEqual([[], 'off']);
    const switching = notifications.switchOn();
    expect([calls, state().status]).toEqual([['ask'], 'asking']);
    await switching;
    expect(calls).toEqual(['ask', 'door.subscribe key 1', 'subscribe address 1']);
    expect([state().status, keep.get(WISH)]).toEqual(['on', String(ME)]);
  });

  it('say what stands in the way', async () => {
    const { notifications, world, door, state } = bench();
    for (const hindrance of ['insecure', 'unsupported'] as const) {
      door.hindrance = () => hindrance;
      await notifications.check();
      expect(state().status).toBe(hindrance);
    }
    door.hindrance = () => null;
    world.key = null;
    await notifications.check();
    expect(state().status).toBe('switched-off');
    world.key = 'key 1';
    world.permission = 'denied';
    await notifications.check();
    expect(state().status).toBe('denied');
  });

  it('stay off when the browser’s question is answered with no, or not', async () => {
    for (const [answer, status] of [
      ['denied', 'denied'],
      ['default', 'off'],
    ] as const) {
      const { notifications, world, calls, keep, state } = bench();
      world.answer = answer;
      await notifications.switchOn();
      expect([calls, state().status, keep.get(WISH)]).toEqual([['ask'], status, null]);
    }
  });

  it('are taken up again at the next sign-in, with the subscription there is', async () => {
    const { notifications, calls, state } = bench({ wish: ME, held, permission: 'granted' });
    await notifications.begin();
    expect([calls, state().status]).toEqual([['subscribe held'], 'on']);
  });

  it('are not taken up while the browser allows none', async () => {
    const { notifications, calls, keep, state } = bench({ wish: ME, permission: 'default' });
    await notifications.begin();
    expect([calls, state().status, keep.get(WISH)]).toEqual([[], 'off', String(ME)]);
  });

  it('that somebody else wanted in this browser end', async () => {
    const { notifications, calls, keep } = bench({ wish: 99, held, permission: 'granted' });
    await notifications.begin();
    expect([calls, keep.get(WISH)]).toEqual([['door.unsubscribe'], null]);
  });

  it('are subscribed to afresh when the server has another key', async () => {
    const { notifications, world, calls, state } = bench({ wish: ME, held, permission: 'granted' });
    world.key = 'key 2';
    await notifications.begin();
    expect(calls).toEqual(['door.unsubscribe', 'door.subscribe key 2', 'subscribe address 1']);
    expect(state().status).toBe('on');
  });

  it('tell why they do not work, and work at another try', async () => {
    const { notifications, world, state } = bench({ wish: ME, permission: 'granted' });
    world.fails = { subscribe: new Failure(500, 'Internal server error') };
    await notifications.begin();
    expect(state()).toEqual({ status: 'failed', trouble: 'Internal server error' });
    world.fails = { 'door.subscribe': new DOMException('push service error', 'AbortError') };
    world.held = null;
    await notifications.check();
    expect(state()).toMatchObject({ status: 'failed', trouble: expect.stringContaining('push service') });
    world.fails = {};
    await notifications.switchOn();
    expect(state()).toEqual({ status: 'on', trouble: null });
  });

  it('are switched off at both sides, of which one is enough', async () => {
    const { notifications, world, calls, keep, state } = bench({ wish: ME, held, permission: 'granted' });
    world.fails = { unsubscribe: new Failure(0, 'away'), 'door.unsubscribe': new Error('broken') };
    await notifications.switchOff();
    expect([state(), keep.get(WISH)]).toEqual([{ status: 'on', trouble: 'away' }, String(ME)]);
    world.fails = { unsubscribe: new Failure(0, 'away') };
    calls.length = 0;
    await notifications.switchOff();
    expect([calls, state(), keep.get(WISH)]).toEqual([
      ['unsubscribe', 'door.unsubscribe'],
      { status: 'off', trouble: null },
      null,
    ]);
  });

  it('are not switched on by an answer that comes after they were switched off', async () => {
    const { notifications, door, calls, state } = bench({ wish: ME, permission: 'granted' });
    const current = deferred<Subscribed | null>();
    door.current = () => current.promise;
    const late = notifications.check();
    await Promise.resolve(); // The key is there.
    await notifications.switchOff();
    current.resolve(null);
    await late;
    expect([calls, state().status]).toEqual([['unsubscribe', 'door.unsubscribe'], 'off']);
  });

  it('are forgotten when the person leaves, who does not wait for it for long', async () => {
    vi.useFakeTimers();
    const { notifications, api, calls, keep, world } = bench({ wish: ME, held, permission: 'granted' });
    api.unsubscribe = () => new Promise(() => {});
    let left = false;
    void notifications.forget().then(() => {
      left = true;
    });
    await vi.advanceTimersByTimeAsync(1900);
    expect(left).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(left).toBe(true);
    expect([calls, world.held, keep.get(WISH)]).toEqual([['door.unsubscribe', 'takeBack true'], null, null]);
    vi.useRealTimers();
  });

  it('follow the session: resumed with it, ended before it', async () => {
    vi.useFakeTimers();
    const keep = memoryKeep();
    keep.set(WISH, String(ME));
    const { door } = bench({ permission: 'granted' });
    const { app, desk, calls } = await start({ keep, door });
    expect(desk.notifications.store.getState().status).toBe('on');
    expect(calls).toContain('subscribe address 1');
    calls.length = 0;
    await app.session.signOut();
    expect(calls).toEqual(['unsubscribe', 'signOut']);
    expect(keep.get(WISH)).toBeNull();
    vi.useRealTimers();
  });
});
