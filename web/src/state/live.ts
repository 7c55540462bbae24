// Turns the stream of events into changes of state: in order, each once, a batch per frame, and with
// everything fetched anew where events may have been missed.
import type { Message, StreamEvent, User } from '../api/wire';
import type { StreamState } from '../stream/connection';
import type { Stream } from '../stream/stream';
import type { Attention } from './attention';
import type { Keys } from './keys';
import type { Link } from './link';
import type { Outbox } from './outbox';
import type { People } from './people';
import type { Receipts } from './receipts';
import type { Rooms } from './rooms';
import { canBeUnread } from './timeline';
import type { Timelines } from './timelines';
import type { Uploads } from './uploads';
import type { Users } from './users';

export type LiveParts = {
  stream: Stream;
  me: User;
  attention: Attention;
  keys: Keys;
  link: Link;
  outbox: Outbox;
  people: People;
  receipts: Receipts;
  rooms: Rooms;
  timelines: Timelines;
  uploads: Uploads;
  users: Users;
  /** Runs the function with the next frame. */
  soon: (run: () => void) => void;
  onMe: (me: User) => void;
  /** The session may be over: find out. */
  onDoubt: () => void;
  onExpired: () => void;
};

/** Events should flow before the first fetch, so that nothing falls between; but not at any price. */
const OPEN_WAIT_MS = 800;
const KEYS_PAUSE_MS = 1500;

export class Live {
  readonly #parts: LiveParts;
  #events: StreamEvent[] = [];
  #planned = false;
  #fetching = false;
  /** Something may have been missed since the last fetch. */
  #stale = true;
  #wasOpen = false;
  #running = false;
  #opened: () => void = () => {};
  readonly #keyTimers = new Map<number, ReturnType<typeof setTimeout>>();

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  async begin(): Promise<void> {
    const { stream, me, outbox } = this.#parts;
    this.#running = true;
    const open = new Promise<void>((resolve) => {
      this.#opened = resolve;
    });
    stream.start(me.id, { onState: (s) => this.#onState(s), onEvents: (e) => this.take(e) });
    await Promise.race([open, new Promise((resolve) => setTimeout(resolve, OPEN_WAIT_MS))]);
    await this.fetchAll();
    outbox.restore();
  }

  stop(): void {
    this.#running = false;
    this.#events = [];
    for (const timer of this.#keyTimers.values()) clearTimeout(timer);
  }

  #onState(state: StreamState): void {
    if (!this.#running) return;
    const { link, outbox, uploads, timelines, attention, onDoubt, onExpired } = this.#parts;
    link.became(state);
    if (state === 'ended') onExpired();
    else if (state === 'stopped') onDoubt();
    if (state !== 'open') return;
    this.#opened();
    if (this.#wasOpen || this.#stale) {
      if (this.#stale) void this.fetchAll();
      // Counts of large rooms are not kept for those who were away.
      else if (attention.roomId !== null) void timelines.refresh(attention.roomId);
      outbox.wake();
      uploads.wake();
    }
    this.#wasOpen = true;
  }

  /** Fetches rooms and the open room anew; events that arrive meanwhile are applied on top. */
  async fetchAll(): Promise<void> {
    if (this.#fetching || !this.#running) return;
    const { rooms, timelines, attention, link, receipts } = this.#parts;
    this.#fetching = true;
    const openBefore = link.store.getState().stream === 'open';
    const loaded = await rooms.load();
    timelines.forget(attention.roomId);
    if (attention.roomId !== null && timelines.get(attention.roomId).status !== 'empty') {
      await timelines.refresh(attention.roomId);
    }
    this.#stale = !(loaded && openBefore);
    this.#fetching = false;
    for (const { room, last, unread } of rooms.list.entries.values()) {
      if (last && unread > 0) receipts.delivered(room.id, last.id, !attention.visible);
    }
    this.#plan();
    if (this.#stale && link.store.getState().stream === 'open' && loaded) void this.fetchAll();
  }

  /** Takes events in their order. */
  take(events: readonly StreamEvent[]): void {
    this.#events.push(...events);
    this.#plan();
  }

  #plan(): void {
    if (this.#planned || this.#fetching || this.#events.length === 0) return;
    this.#planned = true;
    this.#parts.soon(() => {
      this.#planned = false;
      if (!this.#fetching) this.#apply();
    });
  }

  #apply(): void {
    const events = this.#events;
    this.#events = [];
    if (!this.#running) return;
    // Room changes first decide which rooms there are; messages and counts go in as two batches.
    let posted: Message[] = [];
    for (const event of events) {
      if (event.type === 'NEW_MESSAGE') {
        posted.push(event.message);
        continue;
      }
      if ((changesRooms(event) || changesMessages(event)) && posted.length > 0) {
        this.posted(posted);
        posted = [];
      }
      this.#applyOne(event);
    }
    this.posted(posted);
    this.#applyReceipts(events);
    if (events.some((e) => e.type === 'USER_UPDATE' && !e.user.isBot)) void this.#parts.people.changed();
  }

  #applyOne(event: StreamEvent): void {
    const { rooms, users, me, onMe } = this.#parts;
    switch (event.type) {
      case 'NEW_ROOM':
      case 'UPDATE_ROOM':
        rooms.put(event.room);
        break;
      case 'DELETE_ROOM':
        rooms.drop(event.room.id, 'deleted');
        break;
      case 'REMOVED_FROM_ROOM':
        if (!event.isMember) rooms.drop(event.roomId, 'removed'); // else only not an admin any more
        break;
      case 'UPDATE_MESSAGE':
      case 'DELETE_MESSAGE':
        this.changed(event.message);
        break;
      case 'USER_UPDATE':
        users.know([event.user]);
        rooms.renameUser(event.user);
        if (event.user.id === me.id) onMe(event.user);
        break;
      case 'SEEN_ROOM':
        void rooms.recount(event.roomId);
        break;
      case 'API_KEYS_CHANGED':
        this.#keysSoon(event.roomId, 0);
        break;
      case 'RESYNC':
        this.#stale = true;
        void this.fetchAll();
        break;
    }
  }

  /** A message was edited or deleted, here or elsewhere. */
  changed(message: Message): void {
    this.#parts.timelines.changed(message);
    this.#parts.rooms.changedMessage(message);
  }

  /** Messages were posted, by others or in another tab. */
  posted(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const { rooms, timelines, attention, receipts, me } = this.#parts;
    const fromOthers = messages.filter((m) => canBeUnread(m, me.id));
    const unreadBefore = new Map(fromOthers.map((m) => [m.roomId, rooms.entry(m.roomId)?.unread ?? 0]));
    timelines.posted(messages, (roomId) => attention.roomId !== roomId || attention.atEnd);
    rooms.posted(messages, (m) => (!canBeUnread(m, me.id) ? 'own' : attention.reads(m.roomId) ? 'read' : 'unread'));
    const marked = new Set<number>();
    for (const m of fromOthers) {
      if (attention.reads(m.roomId)) {
        receipts.seen(m.roomId, m.id);
        continue;
      }
      receipts.delivered(m.roomId, m.id, !attention.visible);
      if (unreadBefore.get(m.roomId) === 0 && !marked.has(m.roomId)) timelines.markNew(m.roomId, m.id);
      marked.add(m.roomId);
    }
    for (const m of fromOthers) this.#keysSoon(m.roomId, KEYS_PAUSE_MS);
    attention.arrived(fromOthers);
  }

  #applyReceipts(events: readonly StreamEvent[]): void {
    const { timelines, receipts, me } = this.#parts;
    const counts = new Map<
      number,
      { messageId: number; deliveredCount: number; seenCount: number; totalUserCount: number }[]
    >();
    const readUpTo = new Map<number, number>();
    for (const event of events) {
      if (event.type === 'MESSAGE_COUNTS') {
        counts.set(event.roomId, [...(counts.get(event.roomId) ?? []), ...event.counts]);
      } else if (event.type === 'DELETE_MESSAGE_RECORD') {
        timelines.reacted(event.messageRecord);
      } else if (event.type === 'NEW_MESSAGE_RECORD') {
        const { messageRecord: r, deliveredCount, seenCount, totalUserCount } = event;
        if (r.type === 'reaction') timelines.reacted(r);
        const list = counts.get(r.roomId) ?? [];
        list.push({ messageId: r.messageId, deliveredCount, seenCount, totalUserCount });
        counts.set(r.roomId, list);
        // That one saw one's own message says nothing of what others wrote before it.
        if (r.userId !== me.id || r.type === 'reaction' || !timelines.fromOther(r.roomId, r.messageId)) continue;
        receipts.known(r.type, r.roomId, r.messageId);
        if (r.type === 'seen') readUpTo.set(r.roomId, Math.max(readUpTo.get(r.roomId) ?? 0, r.messageId));
      }
    }
    for (const [roomId, list] of counts) timelines.counts(roomId, list);
    for (const [roomId, id] of readUpTo) this.#parts.attention.readUpTo(roomId, id);
  }

  /** A room's keys changed, or one was used: brings the list on show up to date. */
  #keysSoon(roomId: number, pause: number): void {
    const { keys } = this.#parts;
    if (!keys.store.getState().has(roomId) || this.#keyTimers.has(roomId)) return;
    this.#keyTimers.set(
      roomId,
      setTimeout(() => {
        this.#keyTimers.delete(roomId);
        void keys.changed(roomId);
      }, pause),
    );
  }
}

const changesMessages = (event: StreamEvent): boolean =>
  event.type === 'UPDATE_MESSAGE' || event.type === 'DELETE_MESSAGE';
const changesRooms = (event: StreamEvent): boolean => event.type.endsWith('_ROOM') && event.type !== 'SEEN_ROOM';
