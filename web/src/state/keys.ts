// The API keys of rooms whose settings were opened.
import type { Api } from '../api/client';
import { asFailure } from '../api/http';
import type { ApiKey } from '../api/wire';
import { createStore } from './store';

export type KeyList = { status: 'loading' | 'ready' | 'failed'; keys: readonly ApiKey[]; trouble: string | null };
export type KeysApi = Pick<Api, 'keys' | 'createKey' | 'renameKey' | 'deleteKey'>;

const unasked: KeyList = { status: 'loading', keys: [], trouble: null };

export class Keys {
  readonly store = createStore<ReadonlyMap<number, KeyList>>(() => new Map());
  readonly #api: KeysApi;
  readonly #asked = new Map<number, number>();

  constructor(api: KeysApi) {
    this.#api = api;
  }

  get(roomId: number): KeyList {
    return this.store.getState().get(roomId) ?? unasked;
  }

  #set(roomId: number, change: Partial<KeyList>): void {
    const next = { ...this.get(roomId), ...change };
    this.store.setState(new Map(this.store.getState()).set(roomId, next), true);
  }

  /** Fetches a room's list. Of several answers under way the last asked for counts. */
  async load(roomId: number): Promise<void> {
    const turn = (this.#asked.get(roomId) ?? 0) + 1;
    this.#asked.set(roomId, turn);
    if (!this.store.getState().has(roomId)) this.#set(roomId, {});
    try {
      const keys = await this.#api.keys(roomId);
      if (this.#asked.get(roomId) === turn) this.#set(roomId, { status: 'ready', keys, trouble: null });
    } catch (e) {
      if (this.#asked.get(roomId) !== turn || this.get(roomId).status === 'ready') return;
      this.#set(roomId, { status: 'failed', trouble: asFailure(e).message });
    }
  }

  /** Fetches the list again if it was ever shown. */
  async changed(roomId: number): Promise<void> {
    if (this.store.getState().has(roomId)) await this.load(roomId);
  }

  /** Makes a key. Rejects with a Failure. */
  async create(roomId: number, displayName: string): Promise<ApiKey> {
    const key = await this.#api.createKey(roomId, displayName);
    this.#put(key);
    return key;
  }

  /** Renames a key. Rejects with a Failure. */
  async rename(key: ApiKey, displayName: string): Promise<void> {
    const renamed = await this.#api.renameKey(key.id, displayName);
    this.#put({ ...renamed, token: renamed.token || key.token });
  }

  /** Deletes a key. Rejects with a Failure. */
  async remove(key: ApiKey): Promise<void> {
    await this.#api.deleteKey(key.id);
    this.#set(key.roomId, { keys: this.get(key.roomId).keys.filter((k) => k.id !== key.id) });
  }

  #put(key: ApiKey): void {
    const { keys } = this.get(key.roomId);
    const known = keys.some((k) => k.id === key.id);
    this.#set(key.roomId, {
      status: 'ready',
      keys: known ? keys.map((k) => (k.id === key.id ? key : k)) : [...keys, key],
    });
  }
}
