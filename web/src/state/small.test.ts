import { describe, expect, it } from 'vitest';
import { Failure } from '../api/http';
import { createDrafts } from './drafts';
import { findGoals, rankOf } from './finder';
import { ME, message, room, user } from './fixtures';
import { canManage, canManageKeys, initials, otherOf, roomTitle, userName } from './names';
import { progressOf } from './progress';
import { fromServer, noRooms } from './roomlist';
import { Rooms } from './rooms';
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
