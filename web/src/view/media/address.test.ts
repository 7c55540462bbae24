import { expect, it } from 'vitest';
import { roomFor, shownOf, sizeOf } from './address';

it('tells sizes in units people know', () => {
  expect([1, 812, 48_400, 3_440_000, 2e9].map(sizeOf)).toEqual(['1 byte', '812 bytes', '48 kB', '3.4 MB', '2 GB']);
});

it('knows the room a picture takes before it is loaded', () => {
  expect(roomFor({ width: 3600, height: 1800 })).toEqual({ width: 360, height: 180 });
  expect(roomFor({ width: 100, height: 3000 })).toEqual({ width: 48, height: 300 });
  expect(roomFor({ width: 64, height: 64 })).toEqual({ width: 64, height: 64 });
  expect(roomFor({ width: 0, height: 0 })).toEqual({ width: 240, height: 180 });
});

it('shows a large picture by its small one', () => {
  const thumb = { id: 2, size: 9000 };
  expect(shownOf({ id: 1, size: 5_000_000 }, thumb).id).toBe(2);
  expect(shownOf({ id: 1, size: 50_000 }, thumb).id).toBe(1);
  expect(shownOf({ id: 1, size: 5_000_000 }, null).id).toBe(1);
});
