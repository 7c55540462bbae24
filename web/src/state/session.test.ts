import { describe, expect, it } from 'vitest';
import { Failure } from '../api/http';
import { ME, room, user } from './fixtures';
import { Session } from './session';

describe('session', () => {
  const settings = { teamMode: true, teamName: 'T', publicUrl: '' };
  const me = user(ME);
  const device = {} as never;
  const api = (more = {}) => ({
    settings: async () => settings,
    setUpNeeded: async () => false,
    setUp: async () => ({ user: me, device, room: room(1) }),
    signIn: async () => ({ user: me, device }),
    signOut: async () => ({ device }),
    acceptInvite: async () => ({ user: me, device }),
    resetPassword: async () => ({ user: me, device }),
    me: async () => me,
    updateMe: async () => ({ ...me, displayName: 'New' }),
    changePassword: async () => ({ device }),
    ...more,
  });
  const unknown = async () => {
    throw new Failure(401, 'No access token');
  };
  const phase = (s: Session) => s.store.getState().phase;

  it('finds out who is here', async () => {
    const begin = async (more: object) => {
      const s = new Session(api(more));
      await s.begin();
      return phase(s);
    };
    expect(await begin({})).toBe('signed-in');
    expect(await begin({ me: unknown })).toBe('signed-out');
    expect(await begin({ me: unknown, setUpNeeded: async () => true })).toBe('needs-setup');
    expect(await begin({ me: () => Promise.reject(new Failure(0, 'away')) })).toBe('unreachable');
  });

  it('is entered in four ways and left in one, even if the server is away', async () => {
    const s = new Session(api({ me: unknown, signOut: () => Promise.reject(new Failure(0, 'away')) }));
    const form = { token: 't', displayName: 'a', emailAddress: 'a@b', password: 'p', teamName: '' };
    for (const enter of [
      () => s.signIn('a@b', 'p', 'd'),
      () => s.setUp(form),
      () => s.acceptInvite(form),
      () => s.resetPassword('t', 'p'),
    ]) {
      await enter();
      expect(phase(s)).toBe('signed-in');
      await s.signOut();
      expect(phase(s)).toBe('signed-out');
    }
  });

  it('knows a change of name', async () => {
    const s = new Session(api());
    await s.begin();
    await s.rename('New');
    expect(s.me?.displayName).toBe('New');
    await s.changePassword('a', 'b');
    s.changed(user(99));
    expect(s.me?.id).toBe(ME);
  });

  it('stays when nobody can say whether it holds', async () => {
    let answer: () => Promise<never> | Promise<typeof me> = async () => me;
    const s = new Session(api({ me: () => answer() }));
    await s.begin();
    answer = () => Promise.reject(new Failure(0, 'away'));
    await s.check();
    expect(phase(s)).toBe('signed-in');
    answer = unknown;
    await s.check();
    expect(phase(s)).toBe('signed-out');
    s.expired();
    expect(phase(s)).toBe('signed-out');
  });
});
