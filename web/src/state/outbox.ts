// What this person sent that the server has not confirmed yet. Each message has an id of its own that
// makes it exactly-once, so sending again after silence is always safe. It outlives the page.
import type { Api } from '../api/client';
import { asFailure } from '../api/http';
import type { Message } from '../api/wire';
import { createStore, type Keep } from './store';

export type Pending = {
  localId: string;
  roomId: number;
  text: string;
  /** The message this one answers, as it is quoted. */
  reply: { id: number; senderName: string; text: string } | null;
  createdAt: number;
  /** sending: on its way · waiting: will be sent when the server can be reached · failed: refused */
  state: 'sending' | 'waiting' | 'failed';
  /** Why the server refused it. */
  trouble: string | null;
};

export type Draft = Pick<Pending, 'roomId' | 'text' | 'reply'>;

export type OutboxParts = {
  api: Pick<Api, 'post'>;
  keep: Keep;
  userId: number;
  now: () => number;
  newId: () => string;
  onSent: (message: Message) => void;
};

const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30_000;

export class Outbox {
  readonly store = createStore<readonly Pending[]>(() => []);
  readonly #parts: OutboxParts;
  readonly #prefix: string;
  readonly #busy = new Set<number>();
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#prefix = `spika.outbox.${parts.userId}.`;
  }

  /** Takes up what an earlier page left behind. */
  restore(): void {
    const { keep } = this.#parts;
    const left: Pending[] = [];
    for (const key of keep.keys()) {
      const text = key.startsWith(this.#prefix) ? keep.get(key) : null;
      const pending = text === null ? null : parsePending(text);
      if (pending) left.push(pending.state === 'failed' ? pending : { ...pending, state: 'waiting' });
    }
    left.sort((a, b) => a.createdAt - b.createdAt);
    this.store.setState(left, true);
    this.wake();
  }

  send(draft: Draft): void {
    const { newId, now } = this.#parts;
    this.#add({ ...draft, localId: newId(), createdAt: now(), state: 'sending', trouble: null });
    void this.#work(draft.roomId);
  }

  /** Sends a refused message again. */
  retry(localId: string): void {
    const pending = this.store.getState().find((p) => p.localId === localId);
    if (!pending) return;
    this.#set(localId, { state: 'sending', trouble: null });
    void this.#work(pending.roomId);
  }

  discard(localId: string): void {
    this.#remove(localId);
  }

  /** The server may be back: sends what waits, now. */
  wake(): void {
    clearTimeout(this.#timer);
    const rooms = new Set(
      this.store
        .getState()
        .filter((p) => p.state === 'waiting')
        .map((p) => p.roomId),
    );
    for (const roomId of rooms) void this.#work(roomId);
  }

  /** Stops trying. What is unsent stays for the next page. */
  stop(): void {
    clearTimeout(this.#timer);
    this.store.setState([], true);
  }

  /** One room's messages go out one after the other, so that they keep their order. */
  async #work(roomId: number): Promise<void> {
    if (this.#busy.has(roomId)) return;
    this.#busy.add(roomId);
    try {
      for (let next = this.#next(roomId); next; next = this.#next(roomId)) {
        this.#set(next.localId, { state: 'sending' });
        if (!(await this.#post(next))) return;
      }
    } finally {
      this.#busy.delete(roomId);
    }
  }

  #next(roomId: number): Pending | undefined {
    return this.store.getState().find((p) => p.roomId === roomId && p.state !== 'failed');
  }

  /** Whether the room's next message may be tried. */
  async #post(p: Pending): Promise<boolean> {
    const { api, onSent } = this.#parts;
    try {
      const message = await api.post({ ...p, replyId: p.reply?.id ?? null });
      this.#failures = 0;
      onSent(message);
      this.#remove(p.localId);
      return true;
    } catch (e) {
      const failure = asFailure(e);
      if (failure.passing || failure.status === 401) {
        this.#wait(p.roomId, failure.retryAfter);
        return false;
      }
      this.#set(p.localId, { state: 'failed', trouble: failure.message });
      return true;
    }
  }

  #wait(roomId: number, seconds: number | null): void {
    for (const p of this.store.getState()) {
      if (p.roomId === roomId && p.state === 'sending') this.#set(p.localId, { state: 'waiting' });
    }
    const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), Math.max(pause, (seconds ?? 0) * 1000));
  }

  #add(pending: Pending): void {
    this.#parts.keep.set(this.#prefix + pending.localId, JSON.stringify(pending));
    this.store.setState([...this.store.getState(), pending], true);
  }

  #set(localId: string, change: Partial<Pending>): void {
    const next = this.store.getState().map((p) => (p.localId === localId ? { ...p, ...change } : p));
    const changed = next.find((p) => p.localId === localId);
    if (changed) this.#parts.keep.set(this.#prefix + localId, JSON.stringify(changed));
    this.store.setState(next, true);
  }

  #remove(localId: string): void {
    this.#parts.keep.set(this.#prefix + localId, null);
    this.store.setState(
      this.store.getState().filter((p) => p.localId !== localId),
      true,
    );
  }
}

function parsePending(text: string): Pending | null {
  try {
    const p = JSON.parse(text) as Partial<Pending>;
    const whole =
      typeof p.localId === 'string' &&
      typeof p.roomId === 'number' &&
      typeof p.text === 'string' &&
      typeof p.createdAt === 'number';
    return whole ? (p as Pending) : null;
  } catch {
    return null;
  }
}
