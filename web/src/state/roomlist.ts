// The list of rooms as plain data and the rules by which it changes. No calls, no clock, no screen.
import type { HistoryItem, Message, Room, User } from '../api/wire';

export type RoomEntry = {
  room: Room;
  /** The newest message this person can see. */
  last: Message | null;
  /** Messages of others not seen yet. */
  unread: number;
  /** Messages of others up to this one are counted. One's own can be known before older ones of others. */
  countedUpTo: number;
};

/** Why a room that was here is not any more. */
export type Gone = 'deleted' | 'removed';

export type RoomList = {
  entries: ReadonlyMap<number, RoomEntry>;
  gone: ReadonlyMap<number, Gone>;
};

export const noRooms: RoomList = { entries: new Map(), gone: new Map() };

const withEntry = (list: RoomList, entry: RoomEntry): RoomList => ({
  ...list,
  entries: new Map(list.entries).set(entry.room.id, entry),
});

/** The list as the server tells it in full. What was known to be gone stays known. */
export function fromServer(before: RoomList, rooms: Room[], history: HistoryItem[]): RoomList {
  const items = new Map(history.map((item) => [item.roomId, item]));
  const entries = new Map<number, RoomEntry>();
  for (const room of rooms) {
    if (room.deleted) continue;
    const item = items.get(room.id);
    const last = item?.lastMessage ?? null;
    const unread = item?.unreadCount ?? room.unreadCount;
    entries.set(room.id, { room, last, unread, countedUpTo: last?.id ?? 0 });
  }
  const gone = new Map(before.gone);
  for (const id of entries.keys()) gone.delete(id);
  for (const id of before.entries.keys()) if (!entries.has(id) && !gone.has(id)) gone.set(id, 'removed');
  return { entries, gone };
}

/** A room was made or changed. What is known of its messages stays. */
export function withRoom(list: RoomList, room: Room): RoomList {
  if (room.deleted) return withoutRoom(list, room.id, 'deleted');
  const held = list.entries.get(room.id);
  const gone = new Map(list.gone);
  gone.delete(room.id);
  const known = held ?? { last: null, unread: room.unreadCount, countedUpTo: 0 };
  return withEntry({ ...list, gone }, { ...known, room });
}

export function withoutRoom(list: RoomList, id: number, why: Gone): RoomList {
  if (!list.entries.has(id)) return list;
  const entries = new Map(list.entries);
  entries.delete(id);
  return { entries, gone: new Map(list.gone).set(id, why) };
}

/** What a message is to this person: their own, read as it appears, or unread. */
export type Kind = 'own' | 'read' | 'unread';

/**
 * A message was posted. One that is counted already is not counted again, so that a list fetched while
 * events were arriving can have those events applied on top.
 */
export function withMessage(list: RoomList, message: Message, kind: Kind): RoomList {
  const held = list.entries.get(message.roomId);
  if (!held) return list;
  const newest = held.last === null || held.last.id < message.id;
  const uncounted = kind !== 'own' && held.countedUpTo < message.id;
  if (!newest && !uncounted) return list;
  return withEntry(list, {
    ...held,
    last: newest ? message : held.last,
    unread: held.unread + (uncounted && kind === 'unread' ? 1 : 0),
    countedUpTo: uncounted ? message.id : held.countedUpTo,
  });
}

/** A message was edited or deleted. */
export function withChangedMessage(list: RoomList, message: Message): RoomList {
  const held = list.entries.get(message.roomId);
  return held?.last?.id === message.id ? withEntry(list, { ...held, last: message }) : list;
}

export function withUnread(list: RoomList, id: number, unread: number): RoomList {
  const held = list.entries.get(id);
  return held && held.unread !== unread ? withEntry(list, { ...held, unread }) : list;
}

/** A person or bot was renamed or otherwise changed: shown so in every room they are in. */
export function withUser(list: RoomList, user: User): RoomList {
  let entries: Map<number, RoomEntry> | null = null;
  for (const [id, entry] of list.entries) {
    if (!entry.room.users.some((m) => m.userId === user.id)) continue;
    const users = entry.room.users.map((m) => (m.userId === user.id ? { ...m, user } : m));
    entries ??= new Map(list.entries);
    entries.set(id, { ...entry, room: { ...entry.room, users } });
  }
  return entries ? { ...list, entries } : list;
}

const newest = (e: RoomEntry) => e.last?.createdAt ?? e.room.createdAt;

/** Newest talk first. */
export const byNewest = (a: RoomEntry, b: RoomEntry): number => newest(b) - newest(a) || b.room.id - a.room.id;

/** Groups and private rooms, each with the newest talk first. */
export function sections(list: RoomList): { groups: RoomEntry[]; direct: RoomEntry[] } {
  const all = [...list.entries.values()].sort(byNewest);
  return {
    groups: all.filter((e) => e.room.type !== 'private'),
    direct: all.filter((e) => e.room.type === 'private'),
  };
}

/** The next room with something unread, in the order of the list, from `from` on, or null. */
export function nextUnread(list: RoomList, from: number | null, step: 1 | -1): number | null {
  const { groups, direct } = sections(list);
  const all = [...groups, ...direct];
  const at = all.findIndex((e) => e.room.id === from);
  for (let i = 1; i <= all.length; i++) {
    const entry = all[(at + i * step + all.length * 2) % all.length];
    if (entry && entry.unread > 0 && entry.room.id !== from) return entry.room.id;
  }
  return null;
}

export const totalUnread = (list: RoomList): number => {
  let sum = 0;
  for (const e of list.entries.values()) if (!e.room.muted) sum += e.unread;
  return sum;
};

/** The rooms with something unread, muted ones as well. */
export const unreadRooms = (list: RoomList): number[] =>
  [...list.entries.values()].filter((e) => e.unread > 0).map((e) => e.room.id);

/** Whether this message of another is known to be seen, or its room gone. What is not known yet is neither. */
export function isRead(list: RoomList, roomId: number, messageId: number): boolean {
  const entry = list.entries.get(roomId);
  return entry ? entry.unread === 0 && messageId <= entry.countedUpTo : list.gone.has(roomId);
}
