// The rooms of this person: fetched, kept up to date, changed.
import type { Api } from '../api/client';
import { asFailure } from '../api/http';
import type { HistoryItem, Message, Room, User } from '../api/wire';
import {
  fromServer,
  type Gone,
  type Kind,
  noRooms,
  type RoomEntry,
  type RoomList,
  withChangedMessage,
  withMessage,
  withoutRoom,
  withRoom,
  withUnread,
  withUser,
} from './roomlist';
import { createStore } from './store';
import type { Users } from './users';

export type RoomsState = { list: RoomList; status: 'loading' | 'ready' | 'failed'; trouble: string | null };

type RoomsApi = Pick<Api, 'rooms' | 'history' | 'historyItem'>;

/** The history tells 20 rooms a page whatever `limit` it names. */
const HISTORY_PAGE = 20;

export class Rooms {
  readonly store = createStore<RoomsState>(() => ({ list: noRooms, status: 'loading', trouble: null }));
  readonly #api: RoomsApi;
  readonly #users: Users;

  constructor(api: RoomsApi, users: Users) {
    this.#api = api;
    this.#users = users;
  }

  get list(): RoomList {
    return this.store.getState().list;
  }

  entry(id: number): RoomEntry | undefined {
    return this.list.entries.get(id);
  }

  goneWhy(id: number): Gone | undefined {
    return this.list.gone.get(id);
  }

  /** Fetches everything anew. What was shown stays if it fails. */
  async load(): Promise<boolean> {
    try {
      const [rooms, history] = await Promise.all([this.#allRooms(), this.#allHistory()]);
      for (const room of rooms) this.#users.know(room.users.map((m) => m.user));
      this.store.setState((s) => ({ list: fromServer(s.list, rooms, history), status: 'ready', trouble: null }));
      return true;
    } catch (e) {
      const trouble = asFailure(e).message;
      this.store.setState((s) => ({ trouble, status: s.status === 'ready' ? 'ready' : 'failed' }));
      return false;
    }
  }

  async #allRooms(): Promise<Room[]> {
    const rooms: Room[] = [];
    for (let page = 1; ; page++) {
      const got = await this.#api.rooms(page);
      rooms.push(...got.list);
      if (!got.hasNext) return rooms;
    }
  }

  async #allHistory(): Promise<HistoryItem[]> {
    const items: HistoryItem[] = [];
    for (let page = 1; ; page++) {
      const got = await this.#api.history(page);
      items.push(...got.list);
      if (got.list.length === 0 || page * HISTORY_PAGE >= got.count) return items;
    }
  }

  #change(change: (list: RoomList) => RoomList): void {
    const { list } = this.store.getState();
    const next = change(list);
    if (next !== list) this.store.setState({ list: next });
  }

  put(room: Room): void {
    this.#users.know(room.users.map((m) => m.user));
    this.#change((list) => withRoom(list, room));
  }

  drop(id: number, why: Gone): void {
    this.#change((list) => withoutRoom(list, id, why));
  }

  renameUser(user: User): void {
    this.#users.know([user]);
    this.#change((list) => withUser(list, user));
  }

  /** Messages were posted; `kindOf` says what they are to this person. */
  posted(messages: readonly Message[], kindOf: (m: Message) => Kind): void {
    this.#change((list) => messages.reduce((l, m) => withMessage(l, m, kindOf(m)), list));
  }

  changedMessage(message: Message): void {
    this.#change((list) => withChangedMessage(list, message));
  }

  setUnread(id: number, unread: number): void {
    this.#change((list) => withUnread(list, id, unread));
  }

  /** Asks the server how much is unread in one room. A failure leaves the number as it is. */
  async recount(id: number): Promise<void> {
    try {
      const item = await this.#api.historyItem(id);
      this.setUnread(id, item.unreadCount);
    } catch {
      // The next load sets it right.
    }
  }
}
