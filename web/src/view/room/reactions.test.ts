import { expect, it } from 'vitest';
import type { Receipt } from '../../api/wire';
import { grouped } from './Reactions';

const record = (userId: number, reaction: string | null, createdAt: number, more: Partial<Receipt> = {}): Receipt => ({
  id: userId,
  type: 'reaction',
  messageId: 1,
  userId,
  reaction,
  roomId: 1,
  isDeleted: false,
  createdAt,
  modifiedAt: createdAt,
  ...more,
});

it('puts equal reactions together, the first chosen first', () => {
  expect(grouped([record(3, '🎉', 9), record(1, '👍', 5), record(2, '🎉', 7)])).toEqual([
    ['👍', [1]],
    ['🎉', [2, 3]],
  ]);
  const gone = record(1, 'Deleted reaction', 1, { isDeleted: true });
  expect(grouped([gone, record(2, null, 1, { type: 'seen' })])).toEqual([]);
});
