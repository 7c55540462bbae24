// Messages that change after they were posted: edits, deletions, reactions.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Message, Receipt, StreamEvent } from '../api/wire';
import { message, messages, page } from './fixtures';
import { buildRows } from './rows';
import { summary } from './summary';
import { opened, posted } from './testbed';
import { emptyTimeline, merged, type Timeline, withChanged, withReaction } from './timeline';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ready = (...list: Message[]): Timeline => ({ ...emptyTimeline, status: 'ready', messages: list });
const edited = (id: number, text: string, more: Partial<Message> = {}) =>
  message(id, { body: { text }, modifiedAt: id * 1000 + 5, ...more });
const deleted = (id: number) => edited(id, 'Deleted message', { deleted: true });
const reaction = (messageId: number, userId: number, emoji: string, more: Partial<Receipt> = {}): Receipt => ({
  id: messageId * 100 + userId,
  type: 'reaction',
  messageId,
  userId,
  reaction: emoji,
  roomId: 1,
  isDeleted: false,
  createdAt: 1,
  modifiedAt: 1,
  ...more,
});
const emoji = (t: Timeline, at: number) => t.messages[at]?.messageRecords?.map((r) => r.reaction);

describe('an edit', () => {
  it('shows the new text, keeps the reactions, and never lets counts fall', () => {
    const held = message(1, { seenCount: 3, messageRecords: [reaction(1, 5, '👍')] });
    const [now] = withChanged(ready(held), [edited(1, 'better', { seenCount: 1 })]).messages;
    expect(now).toMatchObject({ body: { text: 'better' }, seenCount: 3, messageRecords: [{ reaction: '👍' }] });
  });

  it('goes into the quotes of the message, too', () => {
    const quoting = message(2, { replyId: 1, body: { text: 'yes', referenceMessage: message(1) } });
    const t = withChanged(ready(message(1), quoting), [deleted(1)]);
    expect(t.messages[1]?.body).toMatchObject({ text: 'yes', referenceMessage: { deleted: true } });
  });

  it('stays when an older version of the message comes in later', () => {
    expect(merged([edited(1, 'better')], [message(1)])[0]?.body.text).toBe('better');
    expect(merged([message(1)], [edited(1, 'better')])[0]?.body.text).toBe('better');
  });

  it('of a message that is not here changes nothing', () => {
    const t = ready(...messages(1, 2));
    expect(withChanged(t, [edited(9, 'x')])).toBe(t);
  });
});

describe('a reaction', () => {
  it('takes the place of the one before, and can be taken back', () => {
    let t = ready(message(1));
    t = withReaction(t, reaction(1, 5, '👍'));
    t = withReaction(t, reaction(1, 6, '🎉'));
    t = withReaction(t, reaction(1, 5, '🚀', { modifiedAt: 2 }));
    expect(emoji(t, 0)).toEqual(['🎉', '🚀']);
    t = withReaction(t, reaction(1, 5, '👍', { modifiedAt: 1 }));
    expect(emoji(t, 0)).toEqual(['🎉', '🚀']);
    t = withReaction(t, reaction(1, 5, 'Deleted reaction', { modifiedAt: 3, isDeleted: true }));
    expect(emoji(t, 0)).toEqual(['🎉']);
  });
});

describe('events', () => {
  const record = (type: 'NEW_MESSAGE_RECORD' | 'DELETE_MESSAGE_RECORD', messageRecord: Receipt): StreamEvent => ({
    type,
    messageRecord,
    deliveredCount: 1,
    seenCount: 1,
    totalUserCount: 2,
  });

  it('change what is in the room and what the list of rooms knows', async () => {
    const { desk, events, calls } = await opened();
    await events(posted(message(3)), { type: 'UPDATE_MESSAGE', message: edited(3, 'better') });
    expect(desk.timelines.get(1).messages.at(-1)?.body.text).toBe('better');
    expect(desk.rooms.entry(1)?.last?.body.text).toBe('better');
    await events({ type: 'DELETE_MESSAGE', message: deleted(3) });
    expect(desk.rooms.entry(1)?.last?.deleted).toBe(true);
    expect(calls.filter((c) => c.startsWith('messages'))).toEqual([]);
  });

  it('show reactions in the order they were given', async () => {
    const { desk, events } = await opened();
    await events(
      record('NEW_MESSAGE_RECORD', reaction(2, 5, '👍')),
      record('NEW_MESSAGE_RECORD', reaction(2, 6, '🎉')),
    );
    expect(emoji(desk.timelines.get(1), 1)).toEqual(['👍', '🎉']);
    const gone = reaction(2, 5, 'Deleted reaction', { isDeleted: true, modifiedAt: 2 });
    await events(record('NEW_MESSAGE_RECORD', reaction(2, 5, '🚀')), record('DELETE_MESSAGE_RECORD', gone));
    expect(emoji(desk.timelines.get(1), 1)).toEqual(['🎉']);
  });

  it('of what the server says of the room leave nothing unread', async () => {
    const { desk, events, calls } = await opened();
    desk.attention.look(1, 1, false);
    await events(posted(message(3, { type: 'system', body: { text: 'Ada renamed the room' } })));
    expect(desk.rooms.entry(1)).toMatchObject({ unread: 0, last: { id: 3 } });
    expect(desk.timelines.get(1)).toMatchObject({ newFrom: null });
    expect(calls).toEqual([]);
  });

  it('of reactions do not count as having seen the room', async () => {
    const { desk, events, server } = await opened();
    server.pages.set(1, page([1, 2]));
    desk.attention.look(1, 1, false);
    await events(posted(message(3)), record('NEW_MESSAGE_RECORD', reaction(3, 1, '👍')));
    expect(desk.rooms.entry(1)?.unread).toBe(1);
  });
});

it('says in a few words what a message is', () => {
  expect(summary(message(1))).toBe('message 1');
  const file = { id: 1, fileName: 'a.pdf', mimeType: 'x/y', size: 1, metaData: { duration: 0, width: 0, height: 0 } };
  const bringing = (type: string, more = {}) =>
    summary({ type, body: { file: { ...file, signedPath: '' }, ...more }, deleted: false });
  expect(['image', 'video', 'audio', 'file'].map((t) => bringing(t))).toEqual([
    'Photo',
    'Video',
    'Audio',
    'File: a.pdf',
  ]);
  expect(bringing('image', { text: 'with words' })).toBe('with words');
  expect(summary({ type: 'file', body: { file: null }, deleted: false })).toBe('File');
  expect(summary(deleted(1))).toBe('Deleted message');
  expect(summary({ type: 'system', body: {}, deleted: false })).toBe('The room changed');
  expect(summary({ type: 'hologram', body: {}, deleted: false })).toBe('A message this page cannot show');
});

it('lets what the server tells stand alone between what people say', () => {
  const line = message(2, { type: 'system', fromUserId: 2 });
  const rows = buildRows([message(1), line, message(3)], [], null, { id: 9, displayName: 'Me' });
  expect(rows.map((r) => r.head)).toEqual([true, true, true]);
});
