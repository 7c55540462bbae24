import { expect, it } from 'vitest';
import { Failure } from '../api/http';
import type { MessagePage } from '../api/wire';
import { deferred, idsOf, ME, message, messages, page } from './fixtures';
import { Timelines } from './timelines';

/** Answers by cursor; `undefined` asks for the newest page. */
function timelines(answers: Map<number | undefined, MessagePage | Promise<MessagePage>>) {
  const asked: (number | undefined)[] = [];
  const api = {
    messages: async (_roomId: number, cursor?: number) => {
      asked.push(cursor);
      const answer = answers.get(cursor);
      if (!answer) throw new Failure(0, 'away');
      return answer;
    },
  };
  return { t: new Timelines(api, ME), asked };
}

it('opens a room, goes on asking until the unread messages begin, and then draws the line', async () => {
  const { t, asked } = timelines(
    new Map([
      [undefined, page([7, 8], 7)],
      [7, page([5, 6, 7], 5)],
      [5, page([3, 4, 5], 3)],
    ]),
  );
  await t.open(1, () => 4);
  expect(asked).toEqual([undefined, 7]);
  expect(t.get(1)).toMatchObject({ newFrom: 5, unfound: 0 });
});

it('keeps the line where it was while messages come in', async () => {
  const { t } = timelines(new Map([[undefined, page([1, 2, 3])]]));
  await t.open(1, () => 2);
  t.posted(messages(4, 5), () => false);
  expect(t.get(1).newFrom).toBe(2);
});

it('counts messages that came in before the beginning of the unread was found', async () => {
  const older = deferred<MessagePage>();
  const { t } = timelines(
    new Map<number | undefined, MessagePage | Promise<MessagePage>>([
      [undefined, page([7, 8], 7)],
      [7, older.promise],
    ]),
  );
  const opened = t.open(1, () => 3);
  await Promise.resolve();
  await Promise.resolve();
  await new Promise((r) => setTimeout(r));
  t.posted([message(9)], () => false);
  older.resolve(page([5, 6, 7], 5));
  await opened;
  expect(t.get(1).newFrom).toBe(6);
});

it('draws the line with the first page that comes, whoever asked for it', async () => {
  const slow = deferred<MessagePage>();
  const answers = new Map<number | undefined, MessagePage | Promise<MessagePage>>([[undefined, slow.promise]]);
  const { t } = timelines(answers);
  let unread = 2;
  const opened = t.open(1, () => unread);
  answers.set(undefined, page([1, 2, 3]));
  await t.refresh(1);
  expect(t.get(1)).toMatchObject({ status: 'ready', newFrom: 2 });
  unread = 0; // they were seen
  slow.resolve(page([1, 2, 3]));
  await opened;
  expect(t.get(1).newFrom).toBe(2);
});

it('draws no line for a room that was left before its page came', async () => {
  const slow = deferred<MessagePage>();
  const { t } = timelines(new Map([[undefined, slow.promise]]));
  const opened = t.open(1, () => 2);
  t.close(1);
  slow.resolve(page([1, 2, 3]));
  await opened;
  expect(t.get(1).newFrom).toBeNull();
});

it('says why a room could not be opened, and recovers', async () => {
  const answers = new Map<number | undefined, MessagePage>();
  const { t } = timelines(answers);
  await t.open(1, () => 0);
  expect(t.get(1)).toMatchObject({ status: 'failed', trouble: { status: 0, message: 'away' } });
  answers.set(undefined, page([1]));
  await t.refresh(1);
  expect(t.get(1)).toMatchObject({ status: 'ready', trouble: null });
});

it('keeps what is shown when a refresh fails', async () => {
  const answers = new Map([[undefined as number | undefined, page([1, 2])]]);
  const { t } = timelines(answers);
  await t.open(1, () => 0);
  answers.clear();
  await t.refresh(1);
  expect(t.get(1).status).toBe('ready');
  expect(idsOf(t.get(1).messages)).toEqual([1, 2]);
});

it('asks for the same older page once, and says when it could not be had', async () => {
  const { t, asked } = timelines(new Map([[undefined, page([5, 6], 5)]]));
  await t.open(1, () => 0);
  await Promise.all([t.older(1), t.older(1)]);
  expect(asked).toEqual([undefined, 5]);
  expect(t.get(1).olderStatus).toBe('failed');
});

it('does not grow without end where nobody reads back', async () => {
  const { t } = timelines(new Map([[undefined, page([1])]]));
  await t.open(1, () => 0);
  t.posted(
    Array.from({ length: 1500 }, (_, i) => message(i + 2)),
    () => true,
  );
  expect(t.get(1).messages.length).toBe(1000);
  t.markNew(1, 1400);
  t.close(1);
  expect(t.get(1)).toMatchObject({ newFrom: null });
  expect(t.get(1).messages.length).toBe(150);
});

it('forgets the rooms that are not on screen', async () => {
  const { t } = timelines(new Map([[undefined, page([1])]]));
  await t.open(1, () => 0);
  await t.open(2, () => 0);
  t.forget(2);
  expect(t.get(1).status).toBe('empty');
  expect(t.get(2).status).toBe('ready');
  t.forget(null);
  expect(t.get(2).status).toBe('empty');
});

it('moves and removes the line', async () => {
  const { t } = timelines(new Map([[undefined, page([1, 2])]]));
  await t.open(1, () => 0);
  t.markNew(1, 2);
  expect(t.get(1).newFrom).toBe(2);
  t.clearNew(1);
  expect(t.get(1).newFrom).toBeNull();
  t.counts(1, [{ messageId: 1, deliveredCount: 2, seenCount: 2, totalUserCount: 2 }]);
  expect(t.get(1).messages[0]?.seenCount).toBe(2);
});
