// Every call the app makes, by the app's own words. One line each: the rules live on the server.
import { asFailure, createHttp, unwrap } from './http';
import type { PushAddress } from './wire';

const path = (id: number) => ({ params: { path: { id } } });
const inRoom = (roomId: number) => ({ params: { path: { roomId } } });

/** Calls on the server at `base`, an address without a slash at its end. All reject with a Failure. */
/** A piece of a file may take longer than other requests. */
const UPLOAD_PATIENCE_MS = 90_000;

export function createApi(base: string) {
  const http = createHttp(base);
  return {
    ...sessionCalls(http),
    ...roomCalls(http),
    ...messageCalls(http),
    ...fileCalls(createHttp(base, UPLOAD_PATIENCE_MS)),
    ...keyCalls(http),
    ...peopleCalls(http),
    ...pushCalls(http),
  };
}

export type Api = ReturnType<typeof createApi>;
type Http = ReturnType<typeof createHttp>;

type SignUp = { token: string; displayName: string; emailAddress: string; password: string };

const sessionCalls = (http: Http) => ({
  settings: () => unwrap(http.GET('/api/messenger/settings')),
  setUpNeeded: () => unwrap(http.GET('/api/messenger/setup')).then((d) => d.needed),
  setUp: (body: SignUp & { teamName: string }) => unwrap(http.POST('/api/messenger/setup', { body })),
  signIn: (body: { emailAddress: string; password: string; deviceName: string }) =>
    unwrap(http.POST('/api/messenger/session', { body })),
  signOut: () => unwrap(http.POST('/api/messenger/auth/logout')),
  inspectLink: (token: string) => unwrap(http.POST('/api/messenger/links/inspect', { body: { token } })),
  acceptInvite: (body: SignUp) => unwrap(http.POST('/api/messenger/invites/accept', { body })),
  resetPassword: (body: { token: string; password: string }) =>
    unwrap(http.POST('/api/messenger/password/reset', { body })),
  me: () => unwrap(http.GET('/api/messenger/me')).then((d) => d.user),
  updateMe: (body: { displayName?: string; emailAddress?: string }) =>
    unwrap(http.PUT('/api/messenger/me', { body })).then((d) => d.user),
  changePassword: (body: { currentPassword: string; newPassword: string }) =>
    unwrap(http.PUT('/api/messenger/me/password', { body })),
});

type RoomChange =
  | { action: 'addGroupUsers' | 'removeGroupUsers' | 'addGroupAdmins' | 'removeGroupAdmins'; userIds: number[] }
  | { action: 'changeGroupName'; name: string };

const roomCalls = (http: Http) => ({
  /** One page of all rooms, counted from 1; deleted ones are among them. */
  rooms: (page: number) =>
    unwrap(
      http.GET('/api/messenger/rooms/sync/{lastUpdate}', { params: { path: { lastUpdate: 0 }, query: { page } } }),
    ),
  room: (id: number) => unwrap(http.GET('/api/messenger/rooms/{id}', path(id))).then((d) => d.room),
  history: (page: number) => unwrap(http.GET('/api/messenger/history', { params: { query: { page } } })),
  historyItem: (roomId: number) => unwrap(http.GET('/api/messenger/history/roomId/{roomId}', inRoom(roomId))),
  createRoom: (body: { name?: string; type: 'group' | 'private'; userIds: number[] }) =>
    unwrap(http.POST('/api/messenger/rooms', { body })).then((d) => d.room),
  privateRoom: (userId: number) =>
    unwrap(http.GET('/api/messenger/rooms/users/{userId}', { params: { path: { userId } } })).then((d) => d.room),
  updateRoom: (id: number, body: RoomChange) =>
    unwrap(http.PUT('/api/messenger/rooms/{id}', { ...path(id), body })).then((d) => d.room),
  deleteRoom: (id: number) => unwrap(http.DELETE('/api/messenger/rooms/{id}', path(id))).then((d) => d.room),
  leaveRoom: (id: number, adminUserIds?: number[]) =>
    unwrap(http.POST('/api/messenger/rooms/{id}/leave', { ...path(id), body: adminUserIds ? { adminUserIds } : {} })),
  user: (id: number) => unwrap(http.GET('/api/messenger/users/{id}', path(id))).then((d) => d.user),
  contacts: (keyword: string, cursor?: number) =>
    unwrap(http.GET('/api/messenger/contacts', { params: { query: { keyword, cursor } } })),
});

type Post = {
  roomId: number;
  type: string;
  body: { text: string } | { fileId: number; thumbId?: number };
  localId: string;
  replyId: number | null;
};

const messageCalls = (http: Http) => ({
  messages: (roomId: number, cursor?: number) =>
    unwrap(http.GET('/api/messenger/messages/roomId/{roomId}', { params: { path: { roomId }, query: { cursor } } })),
  post: ({ replyId, ...post }: Post) =>
    unwrap(
      http.POST('/api/messenger/messages', { body: { ...post, ...(replyId === null ? {} : { replyId }) } as never }),
    ).then((d) => d.message),
  delivered: (messageIds: number[]) => unwrap(http.POST('/api/messenger/messages/delivered', { body: { messageIds } })),
  seen: (roomId: number, messageId: number) =>
    unwrap(http.POST('/api/messenger/messages/{roomId}/seen', { ...inRoom(roomId), body: { messageId } })),
  editMessage: (id: number, text: string) =>
    unwrap(http.PUT('/api/messenger/messages/{id}', { ...path(id), body: { text } })).then((d) => d.message),
  deleteMessage: (id: number, target: 'all' | 'user') =>
    unwrap(http.DELETE('/api/messenger/messages/{id}', { params: { path: { id }, query: { target } } })).then(
      (d) => d.message,
    ),
  react: (messageId: number, reaction: string) =>
    unwrap(http.POST('/api/messenger/message-records', { body: { messageId, type: 'reaction', reaction } })).then(
      (d) => d.messageRecord,
    ),
  takeBack: (recordId: number) =>
    unwrap(http.DELETE('/api/messenger/message-records/{id}', path(recordId))).then((d) => d.messageRecord),
  receipts: (messageId: number) =>
    unwrap(http.GET('/api/messenger/messages/{id}/message-records', path(messageId))).then((d) => d.messageRecords),
});

type Finish = {
  clientId: string;
  fileName: string;
  mimeType: string;
  type: string;
  size: number;
  total: number;
  fileHash: string;
  metaData: { duration: number; width: number; height: number };
};

const fileCalls = (http: Http) => ({
  /** The numbers of the pieces of an upload that the server has. */
  chunks: (clientId: string) =>
    unwrap(http.GET('/api/upload/files/check/{clientId}', { params: { path: { clientId } } })).then(
      (d) => d.uploadedChunks,
      (e) => {
        if (asFailure(e).status === 404) return [];
        throw e;
      },
    ),
  sendChunk: (clientId: string, offset: number, chunk: string) =>
    unwrap(http.POST('/api/upload/files', { body: { clientId, offset, chunk } })),
  finishFile: (body: Finish) => unwrap(http.POST('/api/upload/files/verify', { body })).then((d) => d.file),
});

const keyCalls = (http: Http) => ({
  keys: (roomId: number) =>
    unwrap(http.GET('/api/messenger/api-keys/roomId/{roomId}', inRoom(roomId))).then((d) => d.apiKeys),
  createKey: (roomId: number, displayName: string) =>
    unwrap(http.POST('/api/messenger/api-keys/roomId/{roomId}', { ...inRoom(roomId), body: { displayName } })).then(
      (d) => d.apiKey,
    ),
  renameKey: (id: number, displayName: string) =>
    unwrap(http.PUT('/api/messenger/api-keys/{id}', { ...path(id), body: { displayName } })).then((d) => d.apiKey),
  deleteKey: (id: number) => unwrap(http.DELETE('/api/messenger/api-keys/{id}', path(id))),
});

const peopleCalls = (http: Http) => ({
  people: () => unwrap(http.GET('/api/messenger/people')).then((d) => d.list),
  addPerson: (body: { displayName: string; emailAddress: string; role: 'admin' | 'member' }) =>
    unwrap(http.POST('/api/messenger/people', { body })),
  setRole: (id: number, role: 'admin' | 'member') =>
    unwrap(http.PUT('/api/messenger/people/{id}', { ...path(id), body: { role } })).then((d) => d.user),
  resetLink: (id: number) => unwrap(http.POST('/api/messenger/people/{id}/reset-link', path(id))).then((d) => d.link),
  invites: () => unwrap(http.GET('/api/messenger/invites')).then((d) => d.list),
  createInvite: (body: { expiresInHours: number; roomIds?: number[] }) =>
    unwrap(http.POST('/api/messenger/invites', { body })),
  deleteInvite: (id: number) => unwrap(http.DELETE('/api/messenger/invites/{id}', path(id))),
});

const pushCalls = (http: Http) => ({
  /** What browsers subscribe with, in base64url; null where the server does not push to them. */
  pushKey: () => unwrap(http.GET('/api/messenger/push/key')).then((d) => d.publicKey),
  subscribe: (body: PushAddress) => unwrap(http.PUT('/api/messenger/push/subscription', { body })),
  unsubscribe: () => unwrap(http.DELETE('/api/messenger/push/subscription')),
});
