// A team made over the API, for the tests that are about something else than making one.
import type { Server } from './server';

const PASSWORD = 'a long enough password';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request to the server; gives `data` of its answer. */
async function call<T>(url: string, method: Method, path: string, body?: unknown, token?: string): Promise<T> {
  const response = await fetch(url + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token ? { accesstoken: token } : {}) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { data: T; message?: string };
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.message}`);
  return answer.data;
}

export type Key = { id: number; token: string; roomId: number; displayName: string };
type Posted = { message: { id: number; deliveredCount: number; seenCount: number; totalUserCount: number } };

/** Someone with an account, acting over the API from a device of their own. */
export class Person {
  constructor(
    readonly server: Server,
    readonly name: string,
    readonly email: string,
    readonly id: number,
    readonly token: string,
  ) {}

  readonly password = PASSWORD;

  call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    return call<T>(this.server.url, method, `/api/messenger${path}`, body, this.token);
  }

  /** A session on another device, as its token. */
  session(): Promise<string> {
    return signIn(this.server, this.email).then((s) => s.token);
  }

  async room(name: string, ...members: Person[]): Promise<number> {
    const body = { name, type: 'group', userIds: members.map((m) => m.id) };
    return (await this.call<{ room: { id: number } }>('POST', '/rooms', body)).room.id;
  }

  async privateRoom(other: Person): Promise<number> {
    const body = { type: 'private', userIds: [other.id] };
    return (await this.call<{ room: { id: number } }>('POST', '/rooms', body)).room.id;
  }

  async key(roomId: number, displayName: string): Promise<Key> {
    return (await this.call<{ apiKey: Key }>('POST', `/api-keys/roomId/${roomId}`, { displayName })).apiKey;
  }

  async say(roomId: number, text: string, replyId?: number): Promise<number> {
    const body = { roomId, type: 'text', body: { text }, ...(replyId ? { replyId } : {}) };
    return (await this.call<Posted>('POST', '/messages', body)).message.id;
  }

  see(roomId: number): Promise<unknown> {
    return this.call('POST', `/messages/${roomId}/seen`, {});
  }

  receive(...messageIds: number[]): Promise<unknown> {
    return this.call('POST', '/messages/delivered', { messageIds });
  }

  /** The address that lets somebody join. */
  async invite(): Promise<string> {
    return (await this.call<{ url: string }>('POST', '/invites', {})).url;
  }
}

async function signIn(server: Server, emailAddress: string) {
  const body = { emailAddress, password: PASSWORD, cookie: false, deviceName: 'test' };
  const { user, device } = await call<{ user: { id: number }; device: { token: string } }>(
    server.url,
    'POST',
    '/api/messenger/session',
    body,
  );
  return { id: user.id, token: device.token };
}

const emailOf = (name: string): string => `${name.split(' ')[0]?.toLowerCase()}@example.org`;

async function personOf(server: Server, name: string): Promise<Person> {
  const { id, token } = await signIn(server, emailOf(name));
  return new Person(server, name, emailOf(name), id, token);
}

/** Sets the server up with this owner. */
export async function setUp(server: Server, name: string, teamName = 'Northwind'): Promise<Person> {
  const token = new URL(server.setupUrl).hash.slice(1);
  const body = { token, displayName: name, emailAddress: emailOf(name), password: PASSWORD, teamName };
  await call(server.url, 'POST', '/api/messenger/setup', body);
  return personOf(server, name);
}

/** Lets these people join through an invite link. */
export async function join(owner: Person, ...names: string[]): Promise<Person[]> {
  const { server } = owner;
  const token = new URL(await owner.invite()).hash.slice(1);
  const people: Person[] = [];
  for (const name of names) {
    const body = { token, displayName: name, emailAddress: emailOf(name), password: PASSWORD };
    await call(server.url, 'POST', '/api/messenger/invites/accept', body);
    people.push(await personOf(server, name));
  }
  return people;
}

/** Posts with a key, as any program would. */
export async function post(server: Server, key: Key, text: string, localId?: string): Promise<Posted['message']> {
  const body = { roomId: key.roomId, type: 'text', body: { text }, ...(localId ? { localId } : {}) };
  return (await call<Posted>(server.url, 'POST', '/api/messaging/messages', body, key.token)).message;
}
