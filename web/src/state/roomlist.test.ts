import { expect, it } from 'vitest';
import type { HistoryItem } from '../api/wire';
import { ME, message, room, user } from './fixtures';
import {
  fromServer,
  isRead,
  nextUnread,
  noRooms,
  sections,
  totalUnread,
  unreadRooms,
  withMessage,
  withoutRoom,
  withRoom,
  withUnread,
  withUser,
} from './roomlist';

const item = (roomId: number, lastId: number, unreadCount = 0): HistoryItem => ({
  roomId,
  muted: false,
  pinned: false,
  lastMessage: message(lastId, { roomId }),
  unreadCount,
});

const three = fromServer(
  noRooms,
  [room(1), room(2), room(3, [ME, 5], { type: 'private' })],
  [item(1, 10), item(2, 20, 3)],
);
const order = (list: typeof three) => sections(list).groups.map((e) => e.room.id);

it('puts the newest talk first, as it happens', () => {
  expect(order(three)).toEqual([2, 1]);
  expect(order(withMessage(three, message(30, { roomId: 1 }), 'unread'))).toEqual([1, 2]);
  expect(sections(three).direct.map((e) => e.room.id)).toEqual([3]);
});

it('counts a message once, however often it is told', () => {
  const once = withMessage(three, message(30, { roomId: 1 }), 'unread');
  const twice = withMessage(once, message(30, { roomId: 1 }), 'unread');
  expect(twice).toBe(once);
  expect(twice.entries.get(1)?.unread).toBe(1);
});

it('does not count what the fetched list counts already', () => {
  expect(withMessage(three, message(19, { roomId: 2 }), 'unread')).toBe(three);
});

it('counts what others wrote before one’s own message overtook it', () => {
  const own = withMessage(three, message(33, { roomId: 1, fromUserId: ME }), 'own');
  const late = withMessage(own, message(31, { roomId: 1 }), 'unread');
  const last = withMessage(late, message(32, { roomId: 1 }), 'read');
  expect(last.entries.get(1)).toMatchObject({ unread: 1, last: { id: 33 } });
  expect(withMessage(last, message(32, { roomId: 1 }), 'unread')).toBe(last);
});

it('ignores messages of rooms one is not in', () => {
  expect(withMessage(three, message(1, { roomId: 77 }), 'unread')).toBe(three);
});

it('leaves deleted rooms out and knows which ones are gone, and why', () => {
  const fetched = fromServer(withoutRoom(three, 3, 'deleted'), [room(1), room(4, [ME], { deleted: true })], []);
  expect([...fetched.entries.keys()]).toEqual([1]);
  expect(fetched.gone.get(2)).toBe('removed');
  expect(fetched.gone.get(3)).toBe('deleted');
});

it('takes a room back when one is added again', () => {
  const gone = withoutRoom(three, 1, 'removed');
  expect(gone.entries.has(1)).toBe(false);
  const back = withRoom(gone, room(1, [ME], { unreadCount: 2 }));
  expect(back.gone.has(1)).toBe(false);
  expect(back.entries.get(1)?.unread).toBe(2);
  expect(withoutRoom(three, 99, 'removed')).toBe(three);
});

it('keeps what is known of a room’s messages when the room changes', () => {
  const renamed = withRoom(three, room(2, [ME], { name: 'New name' }));
  expect(renamed.entries.get(2)).toMatchObject({ unread: 3, room: { name: 'New name' } });
  expect(renamed.entries.get(2)?.last?.id).toBe(20);
  expect(withRoom(three, room(2, [ME], { deleted: true })).gone.get(2)).toBe('deleted');
});

it('renames a person everywhere', () => {
  const list = withUser(three, user(2, { displayName: 'New' }));
  expect(list.entries.get(1)?.room.users.find((m) => m.userId === 2)?.user.displayName).toBe('New');
  expect(withUser(three, user(99))).toBe(three);
});

it('sums and sets what is unread', () => {
  expect(totalUnread(three)).toBe(3);
  expect(totalUnread(withUnread(three, 2, 0))).toBe(0);
  expect(withUnread(three, 2, 3)).toBe(three);
  expect(totalUnread(withRoom(three, room(2, [ME], { muted: true })))).toBe(0);
});

it('finds the next unread room, round the list', () => {
  const list = withUnread(three, 3, 1);
  expect(nextUnread(list, 1, 1)).toBe(3);
  expect(nextUnread(list, 3, 1)).toBe(2);
  expect(nextUnread(list, 2, -1)).toBe(3);
  expect(nextUnread(list, null, 1)).toBe(2);
  expect(nextUnread(withUnread(withUnread(list, 2, 0), 3, 0), 1, 1)).toBeNull();
});

it('knows what is read, and does not guess', () => {
  expect(unreadRooms(three)).toEqual([2]);
  expect(isRead(three, 1, 10)).toBe(true);
  expect(isRead(three, 1, 11)).toBe(false);
  expect(isRead(withMessage(three, message(12, { roomId: 1, fromUserId: ME }), 'own'), 1, 11)).toBe(false);
  expect(isRead(withMessage(three, message(11, { roomId: 1 }), 'read'), 1, 11)).toBe(true);
  expect(isRead(three, 2, 20)).toBe(false);
  expect(isRead(withUnread(three, 2, 0), 2, 20)).toBe(true);
  expect(isRead(three, 77, 1)).toBe(false);
  expect(isRead(withoutRoom(three, 2, 'removed'), 2, 20)).toBe(true);
});
