// Everyone in the team and the invite links that still work, as its owner and admins see them.
import type { Api } from '../api/client';
import { asFailure } from '../api/http';
import type { Invite, Link, Person, User } from '../api/wire';
import { createStore } from './store';

export type PeopleState = {
  status: 'loading' | 'ready' | 'failed';
  people: readonly Person[];
  invites: readonly Invite[];
  trouble: string | null;
};
export type PeopleApi = Pick<
  Api,
  'people' | 'addPerson' | 'setRole' | 'resetLink' | 'invites' | 'createInvite' | 'deleteInvite'
>;
export type NewPerson = Parameters<Api['addPerson']>[0];

const byName = (a: Person, b: Person): number =>
  (a.displayName ?? '').localeCompare(b.displayName ?? '') || a.id - b.id;

export class People {
  readonly store = createStore<PeopleState>(() => ({ status: 'loading', people: [], invites: [], trouble: null }));
  readonly #api: PeopleApi;
  #turn = 0;
  #shown = false;

  constructor(api: PeopleApi) {
    this.#api = api;
  }

  /** Fetches both lists. What was shown stays if it fails; of several answers the last asked for counts. */
  async load(): Promise<void> {
    const turn = ++this.#turn;
    this.#shown = true;
    try {
      const [people, invites] = await Promise.all([this.#api.people(), this.#api.invites()]);
      if (turn === this.#turn) {
        this.store.setState({ status: 'ready', people: [...people].sort(byName), invites, trouble: null });
      }
    } catch (e) {
      if (turn !== this.#turn || this.store.getState().status === 'ready') return;
      this.store.setState({ status: 'failed', trouble: asFailure(e).message });
    }
  }

  /** Somebody joined or changed: fetches again if the lists were ever shown. */
  async changed(): Promise<void> {
    if (this.#shown) await this.load();
  }

  /** Makes an invite link and gives its address, which cannot be had again. This and all below reject with a Failure. */
  async invite(hours: number, roomIds: number[]): Promise<string> {
    const { invite, url } = await this.#api.createInvite({
      expiresInHours: hours,
      ...(roomIds.length > 0 ? { roomIds } : {}),
    });
    this.store.setState((s) => ({ invites: [invite, ...s.invites.filter((i) => i.id !== invite.id)] }));
    return url;
  }

  /** Takes an invite link back. */
  async revoke(id: number): Promise<void> {
    await this.#api.deleteInvite(id);
    this.store.setState((s) => ({ invites: s.invites.filter((i) => i.id !== id) }));
  }

  /** Adds a person and gives the link that lets them in. */
  async add(person: NewPerson): Promise<Link> {
    const { user, link } = await this.#api.addPerson(person);
    this.#put({ ...user, lastSignInAt: null });
    return link;
  }

  async setRole(id: number, role: 'admin' | 'member'): Promise<User> {
    const user = await this.#api.setRole(id, role);
    const held = this.store.getState().people.find((p) => p.id === id);
    this.#put({ ...user, lastSignInAt: held?.lastSignInAt ?? null });
    return user;
  }

  resetLink(id: number): Promise<Link> {
    return this.#api.resetLink(id);
  }

  #put(person: Person): void {
    this.store.setState((s) => ({
      people: [...s.people.filter((p) => p.id !== person.id), person].sort(byName),
    }));
  }
}

/** What one person may do with another on the people's page. */
export function allowed(me: Pick<User, 'id' | 'role'>, other: Pick<User, 'id' | 'role'>) {
  const owner = me.role === 'owner';
  return {
    setRole: owner && other.role !== 'owner',
    resetLink: owner || (me.role === 'admin' && (other.role === 'member' || other.id === me.id)),
  };
}
