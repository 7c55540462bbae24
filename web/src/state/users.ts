// Everyone this page has heard of, people and bots, by id.
import type { Api } from '../api/client';
import type { User } from '../api/wire';
import { createStore } from './store';

export class Users {
  readonly store = createStore<ReadonlyMap<number, User>>(() => new Map());
  readonly #asked = new Set<number>();
  readonly #api: Pick<Api, 'user'>;

  constructor(api: Pick<Api, 'user'>) {
    this.#api = api;
  }

  /** Remembers these; the newer of two versions stays. */
  know(users: Iterable<User>): void {
    let next: Map<number, User> | null = null;
    for (const user of users) {
      const held = (next ?? this.store.getState()).get(user.id);
      if (held && held.modifiedAt >= user.modifiedAt) continue;
      next ??= new Map(this.store.getState());
      next.set(user.id, user);
    }
    if (next) this.store.setState(next, true);
  }

  /** Fetches a user who is in no room any more, such as the bot of a deleted key. Once each. */
  ensure(id: number): void {
    if (this.store.getState().has(id) || this.#asked.has(id)) return;
    this.#asked.add(id);
    this.#api.user(id).then(
      (user) => this.know([user]),
      () => {}, // Then the name the message was posted under has to do.
    );
  }
}
