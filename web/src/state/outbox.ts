// What this person sent that the server has not confirmed yet. Each message has an id of its own that
// makes it exactly-once, so sending again after silence is always safe. It outlives the page.
import type { Api } from '../api/client';
import { asFailure } from '../api/http';
import type { Message } from '../api/wire';
import { createStore, type Keep } from './store';

/** The file that a message brings, as it is shown until the server tells it. */
export type PendingFile = {
  type: 'image' | 'video' | 'audio' | 'file';
  name: string;
  mime: string;
  size: number;
  meta: { duration: number; width: number; height: number };
  /** An address in this page under which it can be seen; null where there is nothing to see. */
  preview: string | null;
  /** How many of its bytes are on the server. */
  sent: number;
  /** The server's ids once they are; 0 before, and for no thumbnail. */
  fileId: number;
  thumbId: number;
};

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
  file?: PendingFile;
};

export type Draft = Pick<Pending, 'roomId' | 'text' | 'reply' | 'file'>;

export type OutboxParts = {
  api: Pick<Api, 'post'>;
  keep: Keep;
  userId: number;
  now: () => number;
  newId: () => string;
  onSent: (message: Message) => void;
  /** A file's message is posted or given up: what shows it in the meantime can go. */
  onFileEnd?: (file: PendingFile) => void;
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

  /** Posts this; under a new id unless it was shown under one already. */
  send(draft: Draft, localId = this.#parts.newId()): void {
    this.#add({ ...draft, localId, createdAt: this.#parts.now(), state: 'sending', trouble: null });
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
      const message = await api.post({
        roomId: p.roomId,
        localId: p.localId,
        replyId: p.reply?.id ?? null,
        ...(p.file ? fileContent(p.file) : { type: 'text', body: { text: p.text } }),
      });
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
    this.#keep(pending);
    this.store.setState([...this.store.getState(), pending], true);
  }

  #set(localId: string, change: Partial<Pending>): void {
    const next = this.store.getState().map((p) => (p.localId === localId ? { ...p, ...change } : p));
    const changed = next.find((p) => p.localId === localId);
    if (changed) this.#keep(changed);
    this.store.setState(next, true);
  }

  /** What a file looks like is known to this page only. */
  #keep(p: Pending): void {
    const kept = p.file ? { ...p, file: { ...p.file, preview: null } } : p;
    this.#parts.keep.set(this.#prefix + p.localId, JSON.stringify(kept));
  }

  #remove(localId: string): void {
    const file = this.store.getState().find((p) => p.localId === localId)?.file;
    if (file) this.#parts.onFileEnd?.(file);
    this.#parts.keep.set(this.#prefix + localId, null);
    this.store.setState(
      this.store.getState().filter((p) => p.localId !== localId),
      true,
    );
  }
}

function fileContent({ type, fileId, thumbId }: PendingFile) {
  return { type, body: thumbId > 0 ? { fileId, thumbId } : { fileId } };
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
