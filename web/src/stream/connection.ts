// One live connection to the server's event stream: it opens, notices silence, comes back by itself
// and resumes where it stopped. It knows nothing of what the events mean.
import type { StreamEvent } from '../api/wire';
import { frameReader } from './frames';

/**
 * connecting: a request is under way · open: events arrive · waiting: lost, the next try is planned ·
 * ended: the server says the session is over · stopped: nobody wants it.
 */
export type StreamState = 'connecting' | 'open' | 'waiting' | 'ended' | 'stopped';

export type ConnectionParts = {
  /** Asks for the stream from just after `lastId` on, or from now when it is null. */
  request: (lastId: string | null, signal: AbortSignal) => Promise<Response>;
  onEvents: (events: StreamEvent[]) => void;
  onState: (state: StreamState) => void;
};

/** The server pings every 5 s: after this long without a byte the connection is dead. */
export const SILENCE_MS = 16_000;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 10_000;

export class Connection {
  #state: StreamState = 'stopped';
  #lastId: string | null = null;
  #failures = 0;
  #attempt: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #parts: ConnectionParts;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  get state(): StreamState {
    return this.#state;
  }

  /** Connects unless it is connected or on its way. */
  start(): void {
    if (this.#state === 'stopped' || this.#state === 'ended') this.#connect();
  }

  /** Tries at once instead of waiting out the pause. */
  retry(): void {
    if (this.#state === 'waiting') this.#connect();
  }

  /** Closes and forgets its place, so that the next start begins at the present. */
  stop(): void {
    this.#drop();
    this.#lastId = null;
    this.#failures = 0;
    this.#become('stopped');
  }

  #become(state: StreamState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#parts.onState(state);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#attempt?.abort();
    this.#attempt = null;
  }

  #connect(): void {
    this.#drop();
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#become('connecting');
    this.#expectBytes(attempt);
    this.#read(attempt).then(
      () => this.#lost(attempt),
      () => this.#lost(attempt),
    );
  }

  async #read(attempt: AbortController): Promise<void> {
    const response = await this.#parts.request(this.#lastId, attempt.signal);
    if (response.status === 401) return this.#end(attempt);
    if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const frames = frameReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || attempt !== this.#attempt) return;
      this.#expectBytes(attempt);
      this.#failures = 0;
      this.#become('open');
      this.#deliver(frames(value));
    }
  }

  #deliver(frames: { id: string | null; data: string }[]): void {
    const events: StreamEvent[] = [];
    for (const frame of frames) {
      if (frame.id !== null) this.#lastId = frame.id;
      const event = parse(frame.data);
      if (event && event.type !== 'PING') events.push(event);
    }
    if (events.length > 0) this.#parts.onEvents(events);
  }

  #expectBytes(attempt: AbortController): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => attempt.abort(), SILENCE_MS);
  }

  #end(attempt: AbortController): void {
    if (attempt !== this.#attempt) return;
    this.#drop();
    this.#lastId = null;
    this.#become('ended');
  }

  #lost(attempt: AbortController): void {
    if (attempt !== this.#attempt) return;
    this.#drop();
    const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    // Spread out, so that a restarted server is not met by everybody in the same instant.
    this.#timer = setTimeout(() => this.#connect(), pause * (0.75 + Math.random() / 2));
    this.#become('waiting');
  }
}

/** The event in a frame, or null for one that cannot be read: a bad one must not stop the stream. */
function parse(data: string): StreamEvent | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null && 'type' in value ? (value as StreamEvent) : null;
  } catch {
    return null;
  }
}
