// The messages of the rooms that were opened: fetched by pages, kept up to date by events.
import type { Api } from '../api/client';
import { asFailure } from '../api/http';
import type { Counts, Message, Receipt } from '../api/wire';
import { createStore } from './store';
import {
  canBeUnread,
  emptyTimeline,
  indexOf,
  type Timeline,
  trimmed,
  withChanged,
  withCounts,
  withNewestPage,
  withNewLine,
  withOlderPage,
  withPosted,
  withReaction,
} from './timeline';

/** What is kept of a room that is not on screen. */
const KEEP_CLOSED = 150;
/** So many pages are fetched at most to find where the unread messages begin. */
const PAGES_FOR_NEW = 4;

export class Timelines {
  readonly store = createStore<ReadonlyMap<number, Timeline>>(() => new Map());
  readonly #api: Pick<Api, 'messages'>;
  readonly #meId: number;
  /** Rooms on screen that have no page yet, with how many of their messages are unread. */
  readonly #opening = new Map<number, () => number>();

  constructor(api: Pick<Api, 'messages'>, meId: number) {
    this.#api = api;
    this.#meId = meId;
  }

  get(roomId: number): Timeline {
    return this.store.getState().get(roomId) ?? emptyTimeline;
  }

  #change(roomId: number, change: (t: Timeline) => Timeline): void {
    const held = this.get(roomId);
    const next = change(held);
    if (next !== held) this.store.setState(new Map(this.store.getState()).set(roomId, next), true);
  }

  /** The room comes on screen; `unread` says how many of its messages are. */
  async open(roomId: number, unread: () => number): Promise<void> {
    if (this.get(roomId).status === 'ready') {
      this.#change(roomId, (t) => withNewLine(t, this.#meId, unread()));
    } else {
      this.#opening.set(roomId, unread);
      await this.refresh(roomId);
    }
    for (let page = 0; page < PAGES_FOR_NEW && this.get(roomId).unfound > 0; page++) await this.older(roomId);
  }

  /** The room leaves the screen. */
  close(roomId: number): void {
    this.#opening.delete(roomId);
    if (this.get(roomId).status === 'ready') {
      this.#change(roomId, (t) => ({ ...trimmed(t, KEEP_CLOSED), newFrom: null, unfound: 0 }));
    }
  }

  /** Fetches the newest page and joins it to what is here. */
  async refresh(roomId: number): Promise<void> {
    this.#change(roomId, (t) => (t.status === 'ready' ? t : { ...t, status: 'loading', trouble: null }));
    try {
      const page = await this.#api.messages(roomId);
      this.#change(roomId, (t) => this.#opened(roomId, withNewestPage(t, page)));
    } catch (e) {
      const { status, message } = asFailure(e);
      this.#change(roomId, (t) =>
        t.status === 'ready' ? t : { ...t, status: 'failed', trouble: { status, message } },
      );
    }
  }

  /** Draws the "New" line with the first page that comes for a room that opens, whoever asked for it. */
  #opened(roomId: number, t: Timeline): Timeline {
    const unread = this.#opening.get(roomId);
    this.#opening.delete(roomId);
    return unread ? withNewLine(t, this.#meId, unread()) : t;
  }

  /** Fetches the page before the oldest message here, unless one is on its way or there is none. */
  async older(roomId: number): Promise<void> {
    const held = this.get(roomId);
    if (held.status !== 'ready' || held.older === null || held.olderStatus === 'loading') return;
    this.#change(roomId, (t) => ({ ...t, olderStatus: 'loading' }));
    try {
      const page = await this.#api.messages(roomId, held.older);
      this.#change(roomId, (t) => {
        const next = withOlderPage(t, page);
        return next.unfound > 0 ? withNewLine(next, this.#meId, next.unfound) : next;
      });
    } catch {
      this.#change(roomId, (t) => ({ ...t, olderStatus: 'failed' }));
    }
  }

  /** Messages were posted. `keepShort` says which rooms nobody is reading back in. */
  posted(messages: readonly Message[], keepShort: (roomId: number) => boolean): void {
    const byRoom = new Map<number, Message[]>();
    for (const m of messages) byRoom.set(m.roomId, [...(byRoom.get(m.roomId) ?? []), m]);
    for (const [roomId, list] of byRoom) {
      this.#change(roomId, (t) => {
        const posted = withPosted(t, list);
        const others = list.filter((m) => canBeUnread(m, this.#meId)).length;
        const next = t.unfound > 0 ? { ...posted, unfound: t.unfound + others } : posted;
        return keepShort(roomId) ? trimmed(next) : next;
      });
    }
  }

  /** A message was edited or deleted. */
  changed(message: Message): void {
    this.#change(message.roomId, (t) => withChanged(t, [message]));
  }

  /** Somebody reacted to a message, or took it back. */
  reacted(record: Receipt): void {
    this.#change(record.roomId, (t) => withReaction(t, record));
  }

  /** Whether this message is here and somebody else wrote it. */
  fromOther(roomId: number, messageId: number): boolean {
    const { messages } = this.get(roomId);
    const held = messages[indexOf(messages, messageId)];
    return held !== undefined && held.fromUserId !== this.#meId;
  }

  counts(roomId: number, counts: readonly Counts[]): void {
    this.#change(roomId, (t) => withCounts(t, counts));
  }

  /** Draws the "New" line above this message. */
  markNew(roomId: number, messageId: number): void {
    this.#change(roomId, (t) => ({ ...t, newFrom: messageId, unfound: 0 }));
  }

  clearNew(roomId: number): void {
    this.#change(roomId, (t) => (t.newFrom === null ? t : { ...t, newFrom: null }));
  }

  /** Forgets every room but one: events were missed. */
  forget(except: number | null): void {
    const kept = except === null ? undefined : this.store.getState().get(except);
    this.store.setState(new Map(except !== null && kept ? [[except, kept]] : []), true);
  }
}
