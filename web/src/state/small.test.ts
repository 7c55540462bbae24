import { describe, expect, it } from 'vitest';
import { Failure } from '../api/http';
import type { Invite, Person } from '../api/wire';
import { createDrafts } from './drafts';
import { findGoals, rankOf } from './finder';
import { apiKey, deferred, ME, message, room, user } from './fixtures';
import { Keys } from './keys';
import { canManage, canManageKeys, initials, otherOf, roomTitle, userName } from './names';
import { allowed, People } from './people';
import { progressOf } from './progress';
import { fromServer, noRooms } from './roomlist';
import { Rooms } from './rooms';
import { Session } from './session';
import { memoryKeep } from './store';
import { Users } from './users';

describe('names', () => {
  it('of private rooms are the other person’s', () => {
    const pair = room(1, [ME, 2], { type: 'private', name: '' });
    expect(roomTitle(pair, ME)).toBe('Person 2');
    expect(otherOf(pair, ME)?.id).toBe(2);
    expect(roomTitle(room(1, [ME], { type: 'private', name: '' }), ME)).toBe('Only you');
    expect(roomTitle(room(1, [ME], { name: '' }), ME)).toBe('Untitled room');
    expect(userName(user(3, { displayName: null }))).toBe('p3@example.org');
    expect(userName(user(3, { displayName: null, emailAddress: null }))).toBe('Person 3');
  });

  it('shrink to initials in any script', () => {
    expect(['Ada Park', 'ines', 'Đuro Šimić-Kos', '👍🏽 team', '', '李 小龙'].map(initials)).toEqual([
      'AP',
      'I',
      'ĐŠ',
      '👍T',
      '?',
      '李小',
    ]);
  });

  it('say who may manage keys', () => {
    const group = room(1, [ME, 2]);
    expect(canManage(group, ME)).toBe(true);
    expect(canManageKeys(group, user(2))).toBe(false);
    expect(canManageKeys(group, user(2, { role: 'admin' }))).toBe(true);
    expect(canManageKeys(group, user(99, { role: 'owner' }))).toBe(false);
    expect(canManageKeys(room(1, [ME, 2], { type: 'private' }), user(2))).toBe(true);
  });
});

describe('progress', () => {
  it('leaves the sender out where a person sent it', () => {
    const m = message(1, { totalUserCount: 5, deliveredCount: 3, seenCount: 1 });
    expect(progressOf(m, true)).toEqual({ stage: 'delivered', seen: 0, delivered: 2, of: 4 });
    expect(progressOf(m, false)).toEqual({ stage: 'seen', seen: 1, delivered: 3, of: 5 });
    expect(progressOf({ ...m, deliveredCount: 1 }, true).stage).toBe('sent');
  });
});

describe('drafts', () => {
  it('outlive the page, per person and room', () => {
    const keep = memoryKeep();
    createDrafts(keep, 1).set(7, 'half a thought');
    createDrafts(keep, 1).set(8, 'x');
    expect(createDrafts(keep, 1).get(7)).toBe('half a thought');
    expect(createDrafts(keep, 2).get(7)).toBe('');
    createDrafts(keep, 1).set(8, '  ');
    expect(keep.keys()).toHaveLength(1);
  });
});

describe('finding', () => {
  it('ranks beginnings before words before anything', () => {
    expect(['Releases', 'old releases', 'xreleases', 'other'].map((n) => rankOf(n, 'Rel'))).toEqual([0, 1, 2, null]);
    expect(rankOf('Šimić', 'simic')).toBe(0);
  });

  it('offers rooms first and each person once', () => {
    const list = fromServer(noRooms, [room(1), room(2, [ME, 7], { type: 'private' })], []);
    const goals = findGoals(list, [user(7), user(8)], ME, '');
    expect(goals.map((g) => g.key)).toEqual(['r2', 'r1', 'u8']);
    expect(findGoals(list, [user(8)], ME, 'person 8').map((g) => g.key)).toEqual(['u8']);
  });
});

describe('keys', () => {
  const api = () => ({
    keys: async () => [apiKey(1), apiKey(2)],
    createKey: async () => apiKey(3),
    renameKey: async () => apiKey(1, { displayName: 'New', token: '' }),
    deleteKey: async () => ({ deleted: true as const, roomId: 1 }),
  });
  const names = (keys: Keys) => keys.get(1).keys.map((k) => k.displayName);

  it('are listed, made, renamed and deleted', async () => {
    const keys = new Keys(api());
    await keys.load(1);
    await keys.create(1, 'Key 3');
    await keys.rename(apiKey(1), 'New');
    expect(names(keys)).toEqual(['New', 'Key 2', 'Key 3']);
    expect(keys.get(1).keys[0]?.token).toBe('secret1');
    await keys.remove(apiKey(2));
    expect(names(keys)).toEqual(['New', 'Key 3']);
  });

  it('follow the answer asked for last', async () => {
    const slow = deferred<ReturnType<typeof apiKey>[]>();
    let turn = 0;
    const keys = new Keys({ ...api(), keys: () => (++turn === 1 ? slow.promise : Promise.resolve([apiKey(9)])) });
    const first = keys.load(1);
    await keys.load(1);
    slow.resolve([apiKey(1)]);
    await first;
    expect(names(keys)).toEqual(['Key 9']);
  });

  it('say what went wrong, and keep what is shown', async () => {
    let fails = true;
    const keys = new Keys({
      ...api(),
      keys: async () => {
        if (fails) throw new Failure(403, 'not an admin');
        return [apiKey(1)];
      },
    });
    await keys.load(1);
    expect(keys.get(1)).toMatchObject({ status: 'failed', trouble: 'not an admin' });
    fails = false;
    await keys.changed(1);
    fails = true;
    await keys.changed(1);
    expect(keys.get(1)).toMatchObject({ status: 'ready', trouble: null });
    await keys.changed(2);
    expect(keys.store.getState().has(2)).toBe(false);
  });
});

describe('people', () => {
  const person = (id: number, name: string): Person => ({ ...user(id, { displayName: name }), lastSignInAt: 5 });
  const invite: Invite = { id: 1, roomIds: [1], createdBy: ME, createdAt: 1, expiresAt: 9, uses: 0 };
  const api = () => ({
    people: async () => [person(2, 'Zoe'), person(1, 'Ada')],
    invites: async () => [] as Invite[],
    addPerson: async () => ({ user: user(3, { displayName: 'Bo' }), link: { url: 'u', expiresAt: 1 } }),
    setRole: async () => user(2, { displayName: 'Zoe', role: 'admin' as const }),
    resetLink: async () => ({ url: 'r', expiresAt: 1 }),
    createInvite: async () => ({ invite, url: 'i' }),
    deleteInvite: async () => ({ deleted: true as const }),
  });
  const names = (p: People) => p.store.getState().people.map((x) => x.displayName);

  it('are listed by name, added, and given roles', async () => {
    const people = new People(api());
    await people.changed();
    expect(people.store.getState().status).toBe('loading');
    await people.load();
    expect(names(people)).toEqual(['Ada', 'Zoe']);
    expect((await people.add({ displayName: 'Bo', emailAddress: 'b@x', role: 'member' })).url).toBe('u');
    expect(names(people)).toEqual(['Ada', 'Bo', 'Zoe']);
    await people.setRole(2, 'admin');
    expect(people.store.getState().people.find((p) => p.id === 2)).toMatchObject({ role: 'admin', lastSignInAt: 5 });
    expect((await people.resetLink(2)).url).toBe('r');
  });

  it('come through invites that can be taken back', async () => {
    const people = new People(api());
    await people.load();
    expect(await people.invite(24, [])).toBe('i');
    expect(people.store.getState().invites).toEqual([invite]);
    await people.revoke(1);
    expect(people.store.getState().invites).toEqual([]);
  });

  it('keep what is shown when a later fetch fails', async () => {
    let fails = true;
    const people = new People({
      ...api(),
      people: async () => {
        if (fails) throw new Failure(500, 'broken');
        return [person(1, 'Ada')];
      },
    });
    await people.load();
    expect(people.store.getState()).toMatchObject({ status: 'failed', trouble: 'broken' });
    fails = false;
    await people.load();
    fails = true;
    await people.changed();
    expect(people.store.getState().status).toBe('ready');
  });

  it('may do to each other what their roles allow', () => {
    const [owner, admin, other, member] = [
      user(1, { role: 'owner' }),
      user(2, { role: 'admin' }),
      user(3, { role: 'admin' }),
      user(4),
    ];
    expect(allowed(owner, admin)).toEqual({ setRole: true, resetLink: true });
    expect(allowed(owner, owner)).toEqual({ setRole: false, resetLink: true });
    expect(allowed(admin, member)).toEqual({ setRole: false, resetLink: true });
    expect(allowed(admin, other)).toEqual({ setRole: false, resetLink: false });
    expect(allowed(admin, owner)).toEqual({ setRole: false, resetLink: false });
    expect(allowed(admin, admin)).toEqual({ setRole: false, resetLink: true });
    expect(allowed(member, other)).toEqual({ setRole: false, resetLink: false });
  });
});

describe('users', () => {
  it('keep the newer of two versions and fetch the missing once', async () => {
    const asked: number[] = [];
    const users = new Users({
      user: async (id) => {
        asked.push(id);
        if (id === 8) throw new Failure(404, 'User not found');
        return user(id);
      },
    });
    users.know([user(2, { displayName: 'new', modifiedAt: 5 })]);
    users.know([user(2, { displayName: 'old', modifiedAt: 4 })]);
    expect(users.store.getState().get(2)?.displayName).toBe('new');
    users.ensure(2);
    users.ensure(7);
    users.ensure(7);
    users.ensure(8);
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toEqual([7, 8]);
    expect(users.store.getState().has(7)).toBe(true);
  });
});

describe('rooms', () => {
  it('are fetched page by page', async () => {
    const users = new Users({ user: async (id) => user(id) });
    const rooms = new Rooms(
      {
        rooms: async (n) => ({ list: [room(n)], rooms: [], limit: 1, count: 1, hasNext: n < 3 }),
        history: async (n) => ({
          list: [{ roomId: n, muted: false, pinned: false, lastMessage: message(n, { roomId: n }), unreadCount: n }],
          count: 41,
          limit: 20,
          page: n,
        }),
        historyItem: async () => {
          throw new Failure(0, 'away');
        },
      },
      users,
    );
    expect(await rooms.load()).toBe(true);
    expect([...rooms.list.entries.values()].map((e) => e.unread)).toEqual([1, 2, 3]);
    await rooms.recount(2);
    expect(rooms.entry(2)?.unread).toBe(2);
  });
});

describe('session', () => {
  const settings = { teamMode: true, teamName: 'T', publicUrl: '' };
  const me = user(ME);
  const device = {} as never;
  const api = (more = {}) => ({
    settings: async () => settings,
    setUpNeeded: async () => false,
    setUp: async () => ({ user: me, device, room: room(1) }),
    signIn: async () => ({ user: me, device }),
    signOut: async () => ({ device }),
    acceptInvite: async () => ({ user: me, device }),
    resetPassword: async () => ({ user: me, device }),
    me: async () => me,
    updateMe: async () => ({ ...me, displayName: 'New' }),
    changePassword: async () => ({ device }),
    ...more,
  });
  const unknown = async () => {
    throw new Failure(401, 'No access token');
  };
  const phase = (s: Session) => s.store.getState().phase;

  it('finds out who is here', async () => {
    const begin = async (more: object) => {
      const s = new Session(api(more));
      await s.begin();
      return phase(s);
    };
    expect(await begin({})).toBe('signed-in');
    expect(await begin({ me: unknown })).toBe('signed-out');
    expect(await begin({ me: unknown, setUpNeeded: async () => true })).toBe('needs-setup');
    expect(await begin({ me: () => Promise.reject(new Failure(0, 'away')) })).toBe('unreachable');
  });

  it('is entered in four ways and left in one, even if the server is away', async () => {
    const s = new Session(api({ me: unknown, signOut: () => Promise.reject(new Failure(0, 'away')) }));
    const form = { token: 't', displayName: 'a', emailAddress: 'a@b', password: 'p', teamName: '' };
    for (const enter of [
      () => s.signIn('a@b', 'p', 'd'),
      () => s.setUp(form),
      () => s.acceptInvite(form),
      () => s.resetPassword('t', 'p'),
    ]) {
      await enter();
      expect(phase(s)).toBe('signed-in');
      await s.signOut();
      expect(phase(s)).toBe('signed-out');
    }
  });

  it('knows a change of name', async () => {
    const s = new Session(api());
    await s.begin();
    await s.rename('New');
    expect(s.me?.displayName).toBe('New');
    await s.changePassword('a', 'b');
    s.changed(user(99));
    expect(s.me?.id).toBe(ME);
  });

  it('stays when nobody can say whether it holds', async () => {
    let answer: () => Promise<never> | Promise<typeof me> = async () => me;
    const s = new Session(api({ me: () => answer() }));
    await s.begin();
    answer = () => Promise.reject(new Failure(0, 'away'));
    await s.check();
    expect(phase(s)).toBe('signed-in');
    answer = unknown;
    await s.check();
    expect(phase(s)).toBe('signed-out');
    s.expired();
    expect(phase(s)).toBe('signed-out');
  });
});
