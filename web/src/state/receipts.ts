// Tells the server what this person has received and seen: soon, but never more often than twice a
// second and one report at a time, and only the newest message of each room, since that covers all before
// it. A server with much to do is so told less often.
import type { Api } from '../api/client';
import { asFailure } from '../api/http';

export type ReceiptsApi = Pick<Api, 'delivered' | 'seen'>;

const PAUSE_MS = 500;
/** Receiving waits this long, because seeing a message at once makes the report needless. */
const DELIVERED_WAIT_MS = 150;
/** Longer where nobody looks: another tab of this browser may report it first. */
const DELIVERED_WAIT_HIDDEN_MS = 400;
const RETRY_MS = 3000;

/** A room and the newest message in it. */
type Due = readonly [room: number, id: number];

/** Sends a report of what is due and settles when it was answered; tells what of it was lost, and why. */
type Send = (due: readonly Due[], lost: (due: Due, why: unknown) => void) => Promise<unknown>;

export class Receipts {
  readonly #delivered: Lane;
  readonly #seen: Lane;

  constructor(api: ReceiptsApi) {
    this.#delivered = new Lane((due, lost) =>
      api.delivered(due.map(([, id]) => id)).catch((e: unknown) => {
        for (const d of due) lost(d, e);
      }),
    );
    this.#seen = new Lane((due, lost) => {
      for (const [room, id] of due) this.known('seen', room, id);
      return Promise.all(due.map(([room, id]) => api.seen(room, id).catch((e: unknown) => lost([room, id], e))));
    });
  }

  /** This message and all before it in its room arrived. */
  delivered(roomId: number, messageId: number, hidden: boolean): void {
    this.#delivered.add(roomId, messageId, hidden ? DELIVERED_WAIT_HIDDEN_MS : DELIVERED_WAIT_MS);
  }

  /** This message and all before it in its room were looked at. */
  seen(roomId: number, messageId: number): void {
    this.#seen.add(roomId, messageId, 0);
  }

  /** The server counts this already, reported by this tab or another device. */
  known(kind: 'delivered' | 'seen', roomId: number, messageId: number): void {
    this.#delivered.known(roomId, messageId);
    if (kind === 'seen') this.#seen.known(roomId, messageId);
  }

  stop(): void {
    this.#delivered.stop();
    this.#seen.stop();
  }
}

/** Reports of one kind, one after the other. */
class Lane {
  readonly #send: Send;
  readonly #due = new Map<number, number>();
  /** The newest message already reported, per room. */
  readonly #upTo = new Map<number, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  #stopped = false;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Reports the message in `wait` milliseconds, or when the last report lies far enough back. */
  add(room: number, id: number, wait: number): void {
    if ((this.#upTo.get(room) ?? 0) >= id) return;
    raise(this.#due, room, id);
    if (this.#sending || this.#timer !== undefined) return;
    if (wait === 0) this.#flush();
    else this.#timer = setTimeout(() => this.#flush(), wait);
  }

  known(room: number, id: number): void {
    raise(this.#upTo, room, id);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#due.clear();
    this.#stopped = true;
  }

  async #flush(): Promise<void> {
    this.#timer = undefined;
    const due = [...this.#due].filter(([room, id]) => (this.#upTo.get(room) ?? 0) < id);
    this.#due.clear();
    if (due.length === 0) return;
    for (const [room, id] of due) this.known(room, id);
    let pause = PAUSE_MS;
    this.#sending = true;
    await this.#send(due, (d, why) => {
      if (!asFailure(why).passing) return;
      pause = RETRY_MS;
      this.#again(d);
    });
    this.#sending = false;
    if (!this.#stopped) this.#timer = setTimeout(() => this.#flush(), pause);
  }

  /** A report was lost: it is due again, unless a newer one covers it. */
  #again([room, id]: Due): void {
    if (this.#upTo.get(room) !== id) return;
    this.#upTo.delete(room);
    raise(this.#due, room, id);
  }
}

function raise(map: Map<number, number>, room: number, id: number): void {
  if ((map.get(room) ?? 0) < id) map.set(room, id);
}
