// The words this app uses for what travels over the wire. The shapes themselves are generated from
// docs/api/openapi.yaml, so nothing here can drift from the server.
import type { components } from './types.gen';

type Schemas = components['schemas'];

export type User = Schemas['User'];
export type Person = Schemas['Person'];
export type Role = Schemas['Role'];
export type Settings = Schemas['Settings'];
export type LinkInfo = Schemas['LinkInfo'];
export type Link = Schemas['Link'];
export type Invite = Schemas['Invite'];
export type Room = Schemas['Room'];
export type Member = Schemas['RoomUser'];
/** A message, with the reactions to it where a list told them. */
export type Message = Schemas['Message'] & { messageRecords?: Receipt[] };
/** A file as a message shows it. */
export type FileRef = Schemas['FileRef'];
export type MessagePage = Schemas['MessageList'];
/** That one person received, saw or reacted to one message. */
export type Receipt = Schemas['MessageRecord'];
export type Counts = Schemas['MessageCounts'];
export type HistoryItem = Schemas['HistoryItem'];
export type ApiKey = Schemas['ApiKey'];
/** Where a browser takes pushes, and what they are encrypted with. */
export type PushAddress = Schemas['PushSubscription'];
export type StreamEvent = Schemas['Event'];
