// One room's messages as plain data: a window that always ends at the newest message, oldest first,
// without gaps. No calls, no clock, no screen.
import type { Counts, Message, MessagePage, Receipt } from '../api/wire';

export type Trouble = { status: number; message: string };

export type Timeline = {
  messages: readonly Message[];
  /** Where older messages are asked for; null when the beginning is here. */
  older: number | null;
  status: 'empty' | 'loading' | 'ready' | 'failed';
  olderStatus: 'idle' | 'loading' | 'failed';
  trouble: Trouble | null;
  /** The first message under the "New" line. */
  newFrom: number | null;
  /** Unread messages whose first has not been found in the window yet; 0 when there is nothing to find. */
  unfound: number;
};

export const emptyTimeline: Timeline = {
  messages: [],
  older: null,
  status: 'empty',
  olderStatus: 'idle',
  trouble: null,
  newFrom: null,
  unfound: 0,
};

/** As many messages of a room as are worth keeping when nobody reads far back. */
export const KEEP = 1000;

/** The index of the message with this id, or where it would stand as `-index - 1`. */
export function indexOf(messages: readonly Message[], id: number): number {
  let low = 0;
  let high = messages.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = messages[middle]?.id ?? 0;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -low - 1;
}

/**
 * Counts only grow, whatever order the news of them arrives in; of the rest the later version stays.
 * Events tell a message without the reactions to it.
 */
function newer(held: Message, told: Message): Message {
  const messageRecords = told.messageRecords ?? held.messageRecords;
  return {
    ...(told.modifiedAt < held.modifiedAt ? held : told),
    ...(messageRecords ? { messageRecords } : {}),
    deliveredCount: Math.max(held.deliveredCount, told.deliveredCount),
    seenCount: Math.max(held.seenCount, told.seenCount),
  };
}

/** Both lists as one, each message once. */
export function merged(held: readonly Message[], told: readonly Message[]): readonly Message[] {
  if (told.length === 0) return held;
  const byId = new Map(held.map((m) => [m.id, m]));
  for (const m of told) {
    const before = byId.get(m.id);
    byId.set(m.id, before ? newer(before, m) : m);
  }
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

/** The newest page arrived. If it does not reach what is held, what is held would leave a gap and goes. */
export function withNewestPage(t: Timeline, page: MessagePage): Timeline {
  const told = [...page.list].reverse();
  const ready: Timeline = { ...t, status: 'ready', trouble: null };
  // Before the first page only messages of the last moment can be here.
  if (t.status !== 'ready') return { ...ready, messages: merged(t.messages, told), older: page.nextCursor };
  const lastHeld = t.messages.at(-1);
  const gap = lastHeld === undefined || (page.nextCursor !== null && (told[0]?.id ?? 0) > lastHeld.id);
  if (gap) return { ...ready, messages: told, older: page.nextCursor };
  return { ...ready, messages: merged(t.messages, told) };
}

export function withOlderPage(t: Timeline, page: MessagePage): Timeline {
  return { ...t, messages: merged(t.messages, [...page.list].reverse()), older: page.nextCursor, olderStatus: 'idle' };
}

/** Messages were posted just now. Ones older than the window wait until their page is fetched. */
export function withPosted(t: Timeline, posted: readonly Message[]): Timeline {
  if (t.status === 'empty') return t;
  const first = t.messages[0];
  const fitting = t.older === null || !first ? posted : posted.filter((m) => m.id >= first.id);
  return fitting.length === 0 ? t : { ...t, messages: merged(t.messages, fitting) };
}

/** Messages were edited or deleted: shown so where they stand, and where they are quoted. */
export function withChanged(t: Timeline, changed: readonly Message[]): Timeline {
  const byId = new Map(changed.map((m) => [m.id, m]));
  let found = false;
  const messages = t.messages.map((m) => {
    const told = byId.get(m.id);
    const quoted = m.body.referenceMessage && byId.get(m.body.referenceMessage.id);
    if (!told && !quoted) return m;
    found = true;
    const now = told ? newer(m, told) : m;
    return quoted && !now.deleted ? { ...now, body: { ...now.body, referenceMessage: quoted } } : now;
  });
  return found ? { ...t, messages } : t;
}

/** Somebody reacted or took it back. Everyone has one reaction to a message at most. */
export function withReaction(t: Timeline, record: Receipt): Timeline {
  const i = indexOf(t.messages, record.messageId);
  const held = t.messages[i];
  if (!held) return t;
  const before = held.messageRecords ?? [];
  const mine = before.find((r) => r.userId === record.userId);
  if (mine && mine.modifiedAt > record.modifiedAt) return t;
  const others = before.filter((r) => r.userId !== record.userId);
  const messages = [...t.messages];
  messages[i] = { ...held, messageRecords: record.isDeleted ? others : [...others, record] };
  return { ...t, messages };
}

export function withCounts(t: Timeline, counts: readonly Counts[]): Timeline {
  let messages: Message[] | null = null;
  for (const c of counts) {
    const i = indexOf(t.messages, c.messageId);
    const held = (messages ?? t.messages)[i];
    if (!held) continue;
    const deliveredCount = Math.max(held.deliveredCount, c.deliveredCount);
    const seenCount = Math.max(held.seenCount, c.seenCount);
    if (deliveredCount === held.deliveredCount && seenCount === held.seenCount) continue;
    messages ??= [...t.messages];
    messages[i] = { ...held, deliveredCount, seenCount };
  }
  return messages ? { ...t, messages } : t;
}

/** Lets go of the oldest messages beyond `keep`; they can be fetched again. */
export function trimmed(t: Timeline, keep = KEEP): Timeline {
  if (t.messages.length <= keep) return t;
  const messages = t.messages.slice(-keep);
  return { ...t, messages, older: messages[0]?.id ?? null };
}

/** What one's own posts and the server's lines are not: something of others to be read. */
export const canBeUnread = (m: Message, meId: number): boolean => m.fromUserId !== meId && m.type !== 'system';

/** The oldest of the newest `unread` messages that others posted, or null if the window ends before. */
export function firstUnread(messages: readonly Message[], meId: number, unread: number): number | null {
  let left = unread;
  for (let i = messages.length - 1; i >= 0 && left > 0; i--) {
    const m = messages[i];
    if (m && canBeUnread(m, meId) && --left === 0) return m.id;
  }
  return null;
}

/** Puts the "New" line above the unread messages, or remembers to when their beginning is not here yet. */
export function withNewLine(t: Timeline, meId: number, unread: number): Timeline {
  const newFrom = unread > 0 ? firstUnread(t.messages, meId, unread) : null;
  return { ...t, newFrom, unfound: unread > 0 && newFrom === null && t.older !== null ? unread : 0 };
}

/** How many messages of others stand after the one with this id. */
export const unreadAfter = (messages: readonly Message[], meId: number, id: number): number =>
  messages.reduce((n, m) => n + (m.id > id && canBeUnread(m, meId) ? 1 : 0), 0);
