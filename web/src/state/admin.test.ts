import { describe, expect, it } from 'vitest';
import { Failure } from '../api/http';
import type { Invite, Person } from '../api/wire';
import { apiKey, deferred, ME, user } from './fixtures';
import { Keys } from './keys';
import { allowed, People } from './people';

describe('keys', () => {
  const api = () => ({
    keys: async () => [apiKey(1), apiKey(2)],
    createKey: async () => apiKey(3),
    renameKey: async () => apiKey(1, { displayName: 'New', token: '' }),
    deleteKey: async () => ({ deleted: true as const, roomId: 1 }),
  });
  const names = (keys: Keys) => keys.get(1).keys.map((k) => k.displayName);

  it('are listed, made, renamed and deleted', async () => {
    const keys = new Keys(api());
    await keys.load(1);
    await keys.create(1, 'Key 3');
    await keys.rename(apiKey(1), 'New');
    expect(names(keys)).toEqual(['New', 'Key 2', 'Key 3']);
    expect(keys.get(1).keys[0]?.token).toBe('secret1');
    await keys.remove(apiKey(2));
    expect(names(keys)).toEqual(['New', 'Key 3']);
  });

  it('follow the answer asked for last', async () => {
    const slow = deferred<ReturnType<typeof apiKey>[]>();
    let turn = 0;
    const keys = new Keys({ ...api(), keys: () => (++turn === 1 ? slow.promise : Promise.resolve([apiKey(9)])) });
    const first = keys.load(1);
    await keys.load(1);
    slow.resolve([apiKey(1)]);
    await first;
    expect(names(keys)).toEqual(['Key 9']);
  });

  it('say what went wrong, and keep what is shown', async () => {
    let fails = true;
    const keys = new Keys({
      ...api(),
      keys: async () => {
        if (fails) throw new Failure(403, 'not an admin');
        return [apiKey(1)];
      },
    });
    await keys.load(1);
    expect(keys.get(1)).toMatchObject({ status: 'failed', trouble: 'not an admin' });
    fails = false;
    await keys.changed(1);
    fails = true;
    await keys.changed(1);
    expect(keys.get(1)).toMatchObject({ status: 'ready', trouble: null });
    await keys.changed(2);
    expect(keys.store.getState().has(2)).toBe(false);
  });
});

describe('people', () => {
  const person = (id: number, name: string): Person => ({ ...user(id, { displayName: name }), lastSignInAt: 5 });
  const invite: Invite = { id: 1, roomIds: [1], createdBy: ME, createdAt: 1, expiresAt: 9, uses: 0 };
  const api = () => ({
    people: async () => [person(2, 'Zoe'), person(1, 'Ada')],
    invites: async () => [] as Invite[],
    addPerson: async () => ({ user: user(3, { displayName: 'Bo' }), link: { url: 'u', expiresAt: 1 } }),
    setRole: async () => user(2, { displayName: 'Zoe', role: 'admin' as const }),
    resetLink: async () => ({ url: 'r', expiresAt: 1 }),
    createInvite: async () => ({ invite, url: 'i' }),
    deleteInvite: async () => ({ deleted: true as const }),
  });
  const names = (p: People) => p.store.getState().people.map((x) => x.displayName);

  it('are listed by name, added, and given roles', async () => {
    const people = new People(api());
    await people.changed();
    expect(people.store.getState().status).toBe('loading');
    await people.load();
    expect(names(people)).toEqual(['Ada', 'Zoe']);
    expect((await people.add({ displayName: 'Bo', emailAddress: 'b@x', role: 'member' })).url).toBe('u');
    expect(names(people)).toEqual(['Ada', 'Bo', 'Zoe']);
    await people.setRole(2, 'admin');
    expect(people.store.getState().people.find((p) => p.id === 2)).toMatchObject({ role: 'admin', lastSignInAt: 5 });
    expect((await people.resetLink(2)).url).toBe('r');
  });

  it('come through invites that can be taken back', async () => {
    const people = new People(api());
    await people.load();
    expect(await people.invite(24, [])).toBe('i');
    expect(people.store.getState().invites).toEqual([invite]);
    await people.revoke(1);
    expect(people.store.getState().invites).toEqual([]);
  });

  it('keep what is shown when a later fetch fails', async () => {
    let fails = true;
    const people = new People({
      ...api(),
      people: async () => {
        if (fails) throw new Failure(500, 'broken');
        return [person(1, 'Ada')];
      },
    });
    await people.load();
    expect(people.store.getState()).toMatchObject({ status: 'failed', trouble: 'broken' });
    fails = false;
    await people.load();
    fails = true;
    await people.changed();
    expect(people.store.getState().status).toBe('ready');
  });

  it('may do to each other what their roles allow', () => {
    const [owner, admin, other, member] = [
      user(1, { role: 'owner' }),
      user(2, { role: 'admin' }),
      user(3, { role: 'admin' }),
      user(4),
    ];
    expect(allowed(owner, admin)).toEqual({ setRole: true, resetLink: true });
    expect(allowed(owner, owner)).toEqual({ setRole: false, resetLink: true });
    expect(allowed(admin, member)).toEqual({ setRole: false, resetLink: true });
    expect(allowed(admin, other)).toEqual({ setRole: false, resetLink: false });
    expect(allowed(admin, owner)).toEqual({ setRole: false, resetLink: false });
    expect(allowed(admin, admin)).toEqual({ setRole: false, resetLink: true });
    expect(allowed(member, other)).toEqual({ setRole: false, resetLink: false });
  });
});
