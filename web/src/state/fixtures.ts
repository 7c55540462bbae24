// Made-up rooms, people and messages for the tests of the state.
import type { ApiKey, Message, MessagePage, Room, User } from '../api/wire';
import type { PushDoor } from '../push/door';

export const ME = 1;

export const user = (id: number, more: Partial<User> = {}): User => ({
  id,
  displayName: `Person ${id}`,
  avatarFileId: 0,
  telephoneNumber: null,
  telephoneNumberHashed: null,
  emailAddress: `p${id}@example.org`,
  verified: true,
  createdAt: 1,
  modifiedAt: 1,
  isBot: false,
  deleted: false,
  shortDescription: null,
  longDescription: null,
  coverFileId: 0,
  role: 'member',
  ...more,
});

export const room = (id: number, members: number[] = [ME, 2], more: Partial<Room> = {}): Room => ({
  id,
  name: `Room ${id}`,
  users: members.map((userId) => ({ userId, isAdmin: userId === ME, user: user(userId), roomId: id, createdAt: 1 })),
  avatarFileId: 0,
  muted: false,
  type: 'group',
  deleted: false,
  pinned: false,
  unreadCount: 0,
  createdAt: id,
  modifiedAt: id,
  ...more,
});

export const message = (id: number, more: Partial<Message> = {}): Message => ({
  id,
  roomId: 1,
  fromUserId: 2,
  totalUserCount: 2,
  deliveredCount: 1,
  seenCount: 1,
  type: 'text',
  body: { text: `message ${id}` },
  createdAt: id * 1000,
  modifiedAt: id * 1000,
  localId: null,
  replyId: null,
  deleted: false,
  isForwarded: false,
  hasLink: false,
  senderName: `Person ${more.fromUserId ?? 2}`,
  ...more,
});

export const messages = (...ids: number[]): Message[] => ids.map((id) => message(id));

/** A page as the server sends it: newest first. `older` is the cursor of the next one. */
export const page = (ids: number[], older: number | null = null): MessagePage => ({
  list: [...ids].sort((a, b) => b - a).map((id) => ({ ...message(id), messageRecords: [] })),
  count: ids.length,
  limit: 50,
  nextCursor: older,
});

export const apiKey = (id: number, more: Partial<ApiKey> = {}): ApiKey => ({
  id,
  displayName: `Key ${id}`,
  token: `secret${id}`,
  roomId: 1,
  createdAt: 1,
  modifiedAt: 1,
  lastUsedAt: null,
  ...more,
});

export const idsOf = (list: readonly { id: number }[]): number[] => list.map((m) => m.id);

/** A promise that the test settles itself. */
export function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}

/** The door of a browser that knows no notifications. */
export const shutDoor: PushDoor = {
  hindrance: () => 'unsupported',
  permission: () => 'denied',
  ask: async () => 'denied',
  current: async () => null,
  subscribe: () => Promise.reject(new Error('no push service')),
  unsubscribe: async () => {},
  takeBack: async () => {},
  answer: () => () => {},
};
