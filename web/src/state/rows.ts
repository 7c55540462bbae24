// What stands in a room's list, line by line: which messages open a group, where a day or "New" begins.
import type { Message } from '../api/wire';
import type { Pending } from './outbox';

export type Row =
  | { kind: 'message'; key: string; message: Message; head: boolean; day: number | null; fresh: boolean }
  | { kind: 'pending'; key: string; pending: Pending; head: boolean; day: number | null; fresh: false };

/** Messages of one sender this close together stand under one name. */
const GROUP_MS = 5 * 60_000;

type Said = { sender: string; at: number; reply: boolean };

const dayOf = (ms: number): string => new Date(ms).toDateString();

function said(row: Message): Said {
  const sender = row.type === 'system' ? 'system' : `${row.fromUserId}/${row.senderName}`;
  return { sender, at: row.createdAt, reply: row.replyId !== null };
}

/**
 * The rows of a list: stored messages, then what is still on its way. A message keeps its row's key from
 * being typed to being stored, so that nothing jumps when the server has answered.
 */
export function buildRows(
  messages: readonly Message[],
  pending: readonly Pending[],
  newFrom: number | null,
  me: { id: number; displayName: string | null },
): Row[] {
  const rows: Row[] = [];
  let before: Said | null = null;
  const place = (now: Said) => {
    const day = before === null || dayOf(before.at) !== dayOf(now.at) ? now.at : null;
    const head =
      day !== null || before === null || before.sender !== now.sender || now.at - before.at > GROUP_MS || now.reply;
    before = now;
    return { day, head };
  };
  for (const message of messages) {
    const fresh = message.id === newFrom;
    const { day, head } = place(said(message));
    const mine = message.fromUserId === me.id && message.localId !== null;
    const key = mine ? `l${message.localId}` : `m${message.id}`;
    rows.push({ kind: 'message', key, message, day, head: head || fresh, fresh });
  }
  const stored = new Set(rows.map((r) => r.key));
  for (const p of pending) {
    if (stored.has(`l${p.localId}`)) continue;
    const now = { sender: `${me.id}/${me.displayName ?? ''}`, at: p.createdAt, reply: p.reply !== null };
    rows.push({ kind: 'pending', key: `l${p.localId}`, pending: p, ...place(now), fresh: false });
  }
  return rows;
}
