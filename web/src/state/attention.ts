// What this person is looking at, and what follows from it: what counts as seen.
import type { Message } from '../api/wire';
import type { Receipts } from './receipts';
import type { Rooms } from './rooms';
import { createStore } from './store';
import { unreadAfter } from './timeline';
import type { Timelines } from './timelines';

export type AttentionParts = { rooms: Rooms; timelines: Timelines; receipts: Receipts; meId: number };

export class Attention {
  /** The newest message of others that arrived in the open room, for those who listen instead of look. */
  readonly arrival = createStore<{ message: Message | null; more: number }>(() => ({ message: null, more: 0 }));
  #roomId: number | null = null;
  #atEnd = false;
  #upTo = 0;
  #visible = true;
  readonly #parts: AttentionParts;

  constructor(parts: AttentionParts) {
    this.#parts = parts;
  }

  get roomId(): number | null {
    return this.#roomId;
  }
  get atEnd(): boolean {
    return this.#atEnd;
  }
  get visible(): boolean {
    return this.#visible;
  }

  /** Whether a message posted to this room now is read as it appears. */
  reads(roomId: number): boolean {
    return this.#visible && this.#atEnd && this.#roomId === roomId;
  }

  /** The page came to the front or went to the back. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    this.#report();
  }

  /** A room came on screen, or none. */
  async enter(roomId: number | null): Promise<void> {
    if (this.#roomId !== null && this.#roomId !== roomId) this.#parts.timelines.close(this.#roomId);
    this.#roomId = roomId;
    this.#atEnd = false;
    this.#upTo = 0;
    const { rooms, timelines } = this.#parts;
    if (roomId !== null) await timelines.open(roomId, () => rooms.entry(roomId)?.unread ?? 0);
  }

  /** How far down the open room one can see: to this message, which is the last or not. */
  look(roomId: number, upTo: number, atEnd: boolean): void {
    if (roomId !== this.#roomId) return;
    this.#upTo = upTo;
    this.#atEnd = atEnd;
    this.#report();
  }

  #report(): void {
    const { rooms, receipts } = this.#parts;
    const roomId = this.#roomId;
    if (roomId === null || !this.#visible || this.#upTo === 0) return;
    if ((rooms.entry(roomId)?.unread ?? 0) === 0) return;
    receipts.seen(roomId, this.#upTo);
    this.readUpTo(roomId, this.#upTo);
  }

  /** Everything up to this message was seen, here or on another device. */
  readUpTo(roomId: number, messageId: number): void {
    const { rooms, timelines, meId } = this.#parts;
    const entry = rooms.entry(roomId);
    if (!entry || entry.unread === 0) return;
    const timeline = timelines.get(roomId);
    if (!entry.last || messageId >= entry.last.id) rooms.setUnread(roomId, 0);
    else if (timeline.status === 'ready') {
      rooms.setUnread(roomId, Math.min(entry.unread, unreadAfter(timeline.messages, meId, messageId)));
    }
  }

  /** Tells listeners what came in the open room. */
  arrived(messages: readonly Message[]): void {
    const here = messages.filter((m) => m.roomId === this.#roomId);
    const last = here.at(-1);
    if (last) this.arrival.setState({ message: last, more: here.length - 1 });
  }
}
