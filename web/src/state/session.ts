// Who is signed in, and the ways in and out.
import type { Api } from '../api/client';
import { asFailure, type Failure } from '../api/http';
import type { Settings, User } from '../api/wire';
import { createStore } from './store';

/** needs-setup: nobody has an account yet · unreachable: the server did not answer at the start */
export type Phase = 'starting' | 'unreachable' | 'needs-setup' | 'signed-out' | 'signed-in';

export type SessionState = { phase: Phase; me: User | null; settings: Settings; notice: string | null };

export type SessionApi = Pick<
  Api,
  | 'settings'
  | 'setUpNeeded'
  | 'setUp'
  | 'signIn'
  | 'signOut'
  | 'acceptInvite'
  | 'resetPassword'
  | 'me'
  | 'updateMe'
  | 'changePassword'
>;

const noSettings: Settings = { teamMode: true, teamName: '', publicUrl: '' };

export class Session {
  readonly store = createStore<SessionState>(() => ({
    phase: 'starting',
    me: null,
    settings: noSettings,
    notice: null,
  }));
  readonly #api: SessionApi;
  readonly #leaving: () => Promise<void>;

  /** `leaving` does what has to be done while the session still holds; it never rejects. */
  constructor(api: SessionApi, leaving: () => Promise<void> = async () => {}) {
    this.#api = api;
    this.#leaving = leaving;
  }

  get me(): User | null {
    return this.store.getState().me;
  }

  /** Finds out who is here. */
  async begin(): Promise<void> {
    this.store.setState({ phase: 'starting' });
    try {
      const [settings, me] = await Promise.all([this.#api.settings(), this.#whoAmI()]);
      this.store.setState({ settings });
      if (me) this.#enter(me);
      else this.store.setState({ phase: (await this.#api.setUpNeeded()) ? 'needs-setup' : 'signed-out' });
    } catch {
      this.store.setState({ phase: 'unreachable' });
    }
  }

  async #whoAmI(): Promise<User | null> {
    try {
      return await this.#api.me();
    } catch (e) {
      const failure: Failure = asFailure(e);
      if (failure.status === 401) return null;
      throw failure;
    }
  }

  #enter(me: User): void {
    this.store.setState({ phase: 'signed-in', me, notice: null });
  }

  /** Signs in. This and all below reject with a Failure. */
  async signIn(emailAddress: string, password: string, deviceName: string): Promise<void> {
    this.#enter((await this.#api.signIn({ emailAddress, password, deviceName })).user);
  }

  async setUp(form: Parameters<Api['setUp']>[0]): Promise<void> {
    const { user } = await this.#api.setUp(form);
    await this.#newSettings();
    this.#enter(user);
  }

  async acceptInvite(form: Parameters<Api['acceptInvite']>[0]): Promise<void> {
    this.#enter((await this.#api.acceptInvite(form)).user);
  }

  async resetPassword(token: string, password: string): Promise<void> {
    this.#enter((await this.#api.resetPassword({ token, password })).user);
  }

  async #newSettings(): Promise<void> {
    try {
      this.store.setState({ settings: await this.#api.settings() });
    } catch {
      // The name of the team shows with the next page.
    }
  }

  async rename(displayName: string): Promise<User> {
    const me = await this.#api.updateMe({ displayName });
    this.changed(me);
    return me;
  }

  async changePassword(currentPassword: string, newPassword: string): Promise<void> {
    await this.#api.changePassword({ currentPassword, newPassword });
  }

  /** This person's own record changed, here or on another device. */
  changed(me: User): void {
    if (me.id === this.me?.id) this.store.setState({ me });
  }

  /** Signs out, also when the server cannot be told. */
  async signOut(): Promise<void> {
    await this.#leaving();
    await this.#api.signOut().catch(() => {});
    this.store.setState({ phase: 'signed-out', me: null, notice: null });
  }

  /** The server says the session is over. */
  expired(): void {
    if (this.store.getState().phase !== 'signed-in') return;
    this.store.setState({ phase: 'signed-out', me: null, notice: 'You were signed out. Sign in to carry on.' });
  }

  /** Asks the server whether the session still holds, and leaves if it does not. */
  async check(): Promise<void> {
    try {
      if ((await this.#whoAmI()) === null) this.expired();
    } catch {
      // Nobody knows: stay.
    }
  }
}
