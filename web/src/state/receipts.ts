// Tells the server what this person has received and seen: soon, but never more often than twice a
// second, and only the newest message of each room, since that covers all before it.
import type { Api } from '../api/client';
import { asFailure } from '../api/http';

export type ReceiptsApi = Pick<Api, 'delivered' | 'seen'>;

const PAUSE_MS = 500;
/** Receiving waits this long, because seeing a message at once makes the report needless. */
const DELIVERED_WAIT_MS = 150;
/** Longer where nobody looks: another tab of this browser may report it first. */
const DELIVERED_WAIT_HIDDEN_MS = 400;
const RETRY_MS = 3000;

export class Receipts {
  readonly #api: ReceiptsApi;
  readonly #delivered = new Map<number, number>();
  readonly #seen = new Map<number, number>();
  /** The newest message already reported, per room. */
  readonly #deliveredUpTo = new Map<number, number>();
  readonly #seenUpTo = new Map<number, number>();
  #deliveredTimer: ReturnType<typeof setTimeout> | undefined;
  #seenTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: ReceiptsApi) {
    this.#api = api;
  }

  /** This message and all before it in its room arrived. */
  delivered(roomId: number, messageId: number, hidden: boolean): void {
    if ((this.#deliveredUpTo.get(roomId) ?? 0) >= messageId) return;
    raise(this.#delivered, roomId, messageId);
    this.#deliveredTimer ??= setTimeout(
      () => this.#flushDelivered(),
      hidden ? DELIVERED_WAIT_HIDDEN_MS : DELIVERED_WAIT_MS,
    );
  }

  /** This message and all before it in its room were looked at. */
  seen(roomId: number, messageId: number): void {
    if ((this.#seenUpTo.get(roomId) ?? 0) >= messageId) return;
    raise(this.#seen, roomId, messageId);
    if (this.#seenTimer === undefined) this.#flushSeen();
  }

  /** The server counts this already, reported by this tab or another device. */
  known(kind: 'delivered' | 'seen', roomId: number, messageId: number): void {
    raise(this.#deliveredUpTo, roomId, messageId);
    if (kind === 'seen') raise(this.#seenUpTo, roomId, messageId);
  }

  stop(): void {
    clearTimeout(this.#deliveredTimer);
    clearTimeout(this.#seenTimer);
    this.#delivered.clear();
    this.#seen.clear();
  }

  #flushDelivered(): void {
    this.#deliveredTimer = undefined;
    const due = [...this.#delivered].filter(([room, id]) => (this.#deliveredUpTo.get(room) ?? 0) < id);
    this.#delivered.clear();
    if (due.length === 0) return;
    for (const [room, id] of due) raise(this.#deliveredUpTo, room, id);
    this.#deliveredTimer = setTimeout(() => this.#flushDelivered(), PAUSE_MS);
    this.#api.delivered(due.map(([, id]) => id)).catch((e: unknown) => {
      if (!asFailure(e).passing) return;
      for (const [room, id] of due) this.#again(this.#deliveredUpTo, this.#delivered, room, id);
      this.#deliveredTimer ??= setTimeout(() => this.#flushDelivered(), RETRY_MS);
    });
  }

  #flushSeen(): void {
    this.#seenTimer = undefined;
    const due = [...this.#seen].filter(([room, id]) => (this.#seenUpTo.get(room) ?? 0) < id);
    this.#seen.clear();
    if (due.length === 0) return;
    this.#seenTimer = setTimeout(() => this.#flushSeen(), PAUSE_MS);
    for (const [room, id] of due) {
      this.known('seen', room, id);
      this.#api.seen(room, id).catch((e: unknown) => {
        if (!asFailure(e).passing) return;
        this.#again(this.#seenUpTo, this.#seen, room, id);
        this.#seenTimer ??= setTimeout(() => this.#flushSeen(), RETRY_MS);
      });
    }
  }

  /** A report was lost: it is due again, unless a newer one covers it. */
  #again(upTo: Map<number, number>, due: Map<number, number>, room: number, id: number): void {
    if (upTo.get(room) !== id) return;
    upTo.delete(room);
    raise(due, room, id);
  }
}

function raise(map: Map<number, number>, room: number, id: number): void {
  if ((map.get(room) ?? 0) < id) map.set(room, id);
}
