import { describe, expect, it } from 'vitest';
import { idsOf, ME, message, messages, page } from './fixtures';
import {
  emptyTimeline,
  firstUnread,
  indexOf,
  merged,
  type Timeline,
  trimmed,
  unreadAfter,
  withCounts,
  withNewestPage,
  withNewLine,
  withOlderPage,
  withPosted,
} from './timeline';

const ready = (ids: number[], older: number | null = null): Timeline => ({
  ...emptyTimeline,
  status: 'ready',
  messages: messages(...ids),
  older,
});

describe('a page and what is held', () => {
  it('turns the newest page round, oldest first', () => {
    const t = withNewestPage(emptyTimeline, page([3, 4, 5], 2));
    expect(idsOf(t.messages)).toEqual([3, 4, 5]);
    expect(t).toMatchObject({ status: 'ready', older: 2 });
  });

  it('keeps messages that arrived while the first page was on its way', () => {
    const loading: Timeline = { ...emptyTimeline, status: 'loading', messages: messages(6) };
    expect(idsOf(withNewestPage(loading, page([4, 5], null)).messages)).toEqual([4, 5, 6]);
  });

  it('joins a newest page that overlaps, each message once', () => {
    const t = withNewestPage(ready([3, 4, 5], 2), page([4, 5, 6], 3));
    expect(idsOf(t.messages)).toEqual([3, 4, 5, 6]);
    expect(t.older).toBe(2);
  });

  it('drops what is held when the newest page does not reach it, rather than show a gap', () => {
    const t = withNewestPage(ready([3, 4, 5], 2), page([60, 61], 59));
    expect(idsOf(t.messages)).toEqual([60, 61]);
    expect(t.older).toBe(59);
  });

  it('joins an older page, whose first message is the cursor again', () => {
    const t = withOlderPage({ ...ready([5, 6], 4), olderStatus: 'loading' }, page([3, 4], null));
    expect(idsOf(t.messages)).toEqual([3, 4, 5, 6]);
    expect(t).toMatchObject({ older: null, olderStatus: 'idle' });
    expect(idsOf(withOlderPage(ready([5, 6], 5), page([3, 4, 5], 2)).messages)).toEqual([3, 4, 5, 6]);
  });
});

describe('posted messages', () => {
  it('go in by id, each once, in whatever order they come', () => {
    const t = withPosted(ready([1, 2]), messages(5, 3, 3, 2));
    expect(idsOf(t.messages)).toEqual([1, 2, 3, 5]);
  });

  it('wait for their page when they are older than the window', () => {
    const t = ready([10, 11], 9);
    expect(withPosted(t, messages(4))).toBe(t);
    expect(idsOf(withPosted(ready([10]), messages(4)).messages)).toEqual([4, 10]);
  });

  it('do nothing to a room that was never opened', () => {
    expect(withPosted(emptyTimeline, messages(1))).toBe(emptyTimeline);
  });
});

describe('counts', () => {
  it('only grow, in whatever order the news of them comes', () => {
    const t = ready([1]);
    const up = withCounts(t, [{ messageId: 1, deliveredCount: 5, seenCount: 3, totalUserCount: 9 }]);
    const late = withCounts(up, [{ messageId: 1, deliveredCount: 2, seenCount: 2, totalUserCount: 9 }]);
    expect(late).toBe(up);
    expect(late.messages[0]).toMatchObject({ deliveredCount: 5, seenCount: 3 });
  });

  it('survive an event that repeats the message with fewer', () => {
    const [held] = merged([message(1, { seenCount: 4, deliveredCount: 4 })], [message(1, { seenCount: 0 })]);
    expect(held).toMatchObject({ seenCount: 4, deliveredCount: 4 });
  });

  it('of messages that are not here change nothing', () => {
    const t = ready([1, 3]);
    expect(withCounts(t, [{ messageId: 2, deliveredCount: 9, seenCount: 9, totalUserCount: 9 }])).toBe(t);
  });
});

describe('the "New" line', () => {
  it('stands above the oldest unread message of somebody else', () => {
    const list = [message(1), message(2), message(3, { fromUserId: ME }), message(4)];
    expect(firstUnread(list, ME, 2)).toBe(2);
    expect(withNewLine({ ...ready([]), messages: list }, ME, 1).newFrom).toBe(4);
  });

  it('waits for older pages when the unread messages begin before the window', () => {
    const t = withNewLine(ready([5, 6], 4), ME, 3);
    expect(t).toMatchObject({ newFrom: null, unfound: 3 });
    expect(withNewLine(withOlderPage(t, page([3, 4])), ME, t.unfound)).toMatchObject({ newFrom: 4, unfound: 0 });
  });

  it('is not drawn when nothing is unread, nor looked for where the room begins', () => {
    expect(withNewLine(ready([5]), ME, 0)).toMatchObject({ newFrom: null, unfound: 0 });
    expect(withNewLine(ready([5]), ME, 4)).toMatchObject({ newFrom: null, unfound: 0 });
  });

  it('counts what others wrote after a message', () => {
    expect(unreadAfter([message(1), message(2, { fromUserId: ME }), message(3), message(4)], ME, 1)).toBe(2);
  });
});

it('lets go of the oldest and remembers where to fetch them again', () => {
  const t = trimmed(ready([1, 2, 3, 4]), 2);
  expect(idsOf(t.messages)).toEqual([3, 4]);
  expect(t.older).toBe(3);
  expect(trimmed(t, 2)).toBe(t);
});

it('finds a message, or where it would stand', () => {
  const list = messages(2, 4, 6);
  expect([2, 4, 6].map((id) => indexOf(list, id))).toEqual([0, 1, 2]);
  expect([1, 3, 5, 7].map((id) => indexOf(list, id))).toEqual([-1, -2, -3, -4]);
});
