import { expect, it } from 'vitest';
import { message } from '../../state/fixtures';
import { buildRows } from '../../state/rows';
import { wrap } from './edit';
import { lastIdUpTo, newBelow } from './list';

const rows = buildRows(
  [message(3), message(4), message(9)],
  [{ localId: 'a', roomId: 1, text: '', reply: null, createdAt: 1, state: 'sending', trouble: null }],
  null,
  { id: 1, displayName: 'A' },
);

it('finds the newest stored message at or above a row', () => {
  expect(lastIdUpTo(rows, 3)).toBe(9);
  expect(lastIdUpTo(rows, 1)).toBe(4);
  expect(lastIdUpTo(rows, 99)).toBe(9);
  expect(lastIdUpTo(rows, -1)).toBe(0);
});

it('counts the stored messages below one', () => {
  expect(newBelow(rows, 3)).toBe(2);
  expect(newBelow(rows, 9)).toBe(0);
});

it('puts marks round the selection and takes them away again', () => {
  const marked = wrap('say hello now', 4, 9, '**');
  expect(marked).toEqual({ text: 'say **hello** now', from: 6, to: 11 });
  expect(wrap(marked.text, marked.from, marked.to, '**')).toEqual({ text: 'say hello now', from: 4, to: 9 });
  expect(wrap('', 0, 0, '`')).toEqual({ text: '``', from: 1, to: 1 });
});
