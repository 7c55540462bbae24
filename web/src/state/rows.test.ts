import { expect, it } from 'vitest';
import { ME, message } from './fixtures';
import type { Pending } from './outbox';
import { buildRows } from './rows';

const me = { id: ME, displayName: 'Person 1' };
const MINUTE = 60_000;
const at = (id: number, ms: number, more = {}) => message(id, { createdAt: ms, modifiedAt: ms, ...more });
const NOON = new Date(2026, 3, 7, 12).getTime();

const pending = (localId: string, createdAt: number): Pending => ({
  localId,
  roomId: 1,
  text: 'x',
  reply: null,
  createdAt,
  state: 'sending',
  trouble: null,
});

it('groups what one sender wrote within five minutes', () => {
  const rows = buildRows(
    [
      at(1, NOON),
      at(2, NOON + MINUTE),
      at(3, NOON + 2 * MINUTE, { fromUserId: 3 }),
      at(4, NOON + 3 * MINUTE, { fromUserId: 3 }),
      at(5, NOON + 9 * MINUTE, { fromUserId: 3 }),
      at(6, NOON + 9 * MINUTE, { fromUserId: 3, replyId: 1 }),
      at(7, NOON + 9 * MINUTE, { fromUserId: 3, senderName: 'Renamed' }),
    ],
    [],
    null,
    me,
  );
  expect(rows.map((r) => r.head)).toEqual([true, false, true, false, true, true, true]);
});

it('begins every day with its line and a new group', () => {
  const midnight = new Date(2026, 3, 8).getTime();
  const rows = buildRows([at(1, midnight - 1), at(2, midnight), at(3, midnight + 1)], [], null, me);
  expect(rows.map((r) => r.day !== null)).toEqual([true, true, false]);
  expect(rows.map((r) => r.head)).toEqual([true, true, false]);
});

it('opens a group under the "New" line', () => {
  const rows = buildRows([at(1, NOON), at(2, NOON + 1), at(3, NOON + 2)], [], 2, me);
  expect(rows.map((r) => r.fresh)).toEqual([false, true, false]);
  expect(rows.map((r) => r.head)).toEqual([true, true, false]);
});

it('gives a message the same key from being typed to being stored', () => {
  const before = buildRows([at(1, NOON)], [pending('abc', NOON + 1)], null, me);
  const stored = at(2, NOON + 2, { fromUserId: ME, localId: 'abc' });
  const between = buildRows([at(1, NOON), stored], [pending('abc', NOON + 1)], null, me);
  const after = buildRows([at(1, NOON), stored], [], null, me);
  expect(before.map((r) => r.key)).toEqual(['m1', 'labc']);
  expect(between.map((r) => [r.key, r.kind])).toEqual([
    ['m1', 'message'],
    ['labc', 'message'],
  ]);
  expect(after.map((r) => r.key)).toEqual(['m1', 'labc']);
});

it('does not take the local id of somebody else for its own', () => {
  const rows = buildRows([at(1, NOON, { localId: 'abc' })], [pending('abc', NOON + 1)], null, me);
  expect(rows.map((r) => r.key)).toEqual(['m1', 'labc']);
});

it('groups what is on its way with what was sent', () => {
  const rows = buildRows(
    [at(1, NOON, { fromUserId: ME, senderName: 'Person 1' })],
    [pending('a', NOON + 1), pending('b', NOON + 2)],
    null,
    me,
  );
  expect(rows.map((r) => r.head)).toEqual([true, false, false]);
});
