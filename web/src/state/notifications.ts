// Whether this browser is told of messages while nobody looks at the app, and what stands in the way of it.
import type { Api } from '../api/client';
import { asFailure, Failure } from '../api/http';
import type { Hindrance, PushDoor } from '../push/door';
import { createStore, type Keep } from './store';

/**
 * switched-off: by whoever runs the server · denied: the browser was told to allow none · asking: the browser
 * asks the person, or subscribes · failed: wanted, but it did not work; `trouble` says why
 */
export type Status = 'checking' | Hindrance | 'switched-off' | 'denied' | 'off' | 'asking' | 'on' | 'failed';

export type NotificationsState = { status: Status; trouble: string | null };

export type NotificationsParts = {
  api: Pick<Api, 'pushKey' | 'subscribe' | 'unsubscribe'>;
  door: PushDoor;
  keep: Keep;
  userId: number;
};

/** Holds the id of the person who wants notifications in this browser. */
const WISH = 'spika.notifications';
/** How long signing out waits until it is over. The server forgets a subscription with its session anyway. */
const LEAVE_WAIT_MS = 2000;
const REFUSED = 'The browser could not reach its push service, or it refuses notifications here.';

export class Notifications {
  readonly store = createStore<NotificationsState>(() => ({ status: 'checking', trouble: null }));
  readonly #parts: NotificationsParts;
  /** Of several things asked for, the last counts. */
  #turn = 0;

  constructor(parts: NotificationsParts) {
    this.#parts = parts;
  }

  /** Takes up again what this person wanted in this browser, and ends what another one did. */
  async begin(): Promise<void> {
    const { keep, door } = this.#parts;
    if (this.#wished) return this.check();
    if (keep.get(WISH) === null) return;
    keep.set(WISH, null);
    await door.unsubscribe().catch(() => {});
  }

  /** Finds out how things are, and subscribes where that is wanted. */
  async check(): Promise<void> {
    const { api, door } = this.#parts;
    const turn = ++this.#turn;
    const hindrance = door.hindrance();
    if (hindrance) return this.#become(turn, hindrance);
    try {
      const key = await api.pushKey();
      if (key === null) return this.#become(turn, 'switched-off');
      if (door.permission() === 'denied') return this.#become(turn, 'denied');
      if (!this.#wished || door.permission() !== 'granted') return this.#become(turn, 'off');
      await this.#subscribe(turn, key);
    } catch (e) {
      this.#become(turn, 'failed', why(e));
    }
  }

  /** The person wants notifications here. To be called right after they pressed something. */
  async switchOn(): Promise<void> {
    const { door, keep, userId } = this.#parts;
    const turn = ++this.#turn;
    this.#become(turn, 'asking');
    const permission = await door.ask().catch(() => door.permission());
    if (turn !== this.#turn) return;
    if (permission !== 'granted') return this.#become(turn, permission === 'denied' ? 'denied' : 'off');
    keep.set(WISH, String(userId));
    await this.check();
  }

  /** The person wants none here any more. */
  async switchOff(): Promise<void> {
    const { keep, userId } = this.#parts;
    const turn = ++this.#turn;
    this.#become(turn, 'checking');
    keep.set(WISH, null);
    const problem = await this.#end();
    if (!problem) return this.#become(turn, 'off');
    keep.set(WISH, String(userId));
    this.#become(turn, 'on', problem);
  }

  /** Ends it because the person leaves this browser. Takes no longer than leaving may take; never rejects. */
  async forget(): Promise<void> {
    const { keep, door } = this.#parts;
    this.#turn++;
    if (!this.#wished) return;
    keep.set(WISH, null);
    const end = Promise.all([this.#end(), door.takeBack(() => true).catch(() => {})]);
    await Promise.race([end, new Promise((resolve) => setTimeout(resolve, LEAVE_WAIT_MS))]);
  }

  get #wished(): boolean {
    return this.#parts.keep.get(WISH) === String(this.#parts.userId);
  }

  async #subscribe(turn: number, key: string): Promise<void> {
    const { api, door } = this.#parts;
    let held = await door.current();
    if (held && held.key !== key) {
      await door.unsubscribe(); // The server has got another key: what it pushes would be refused.
      held = null;
    }
    if (turn !== this.#turn) return;
    await api.subscribe(held?.address ?? (await door.subscribe(key)));
    this.#become(turn, 'on');
  }

  /** Ends it at both sides. One is enough: a push service tells the server when nobody is there any more. */
  async #end(): Promise<string | null> {
    const { api, door } = this.#parts;
    const ends = await Promise.allSettled([api.unsubscribe(), door.unsubscribe()]);
    const failed = ends.filter((e) => e.status === 'rejected');
    return failed.length === ends.length ? why(failed[0]?.reason) : null;
  }

  #become(turn: number, status: Status, trouble: string | null = null): void {
    if (turn === this.#turn) this.store.setState({ status, trouble });
  }
}

const why = (e: unknown): string => (e instanceof Failure || e instanceof SyntaxError ? asFailure(e).message : REFUSED);
