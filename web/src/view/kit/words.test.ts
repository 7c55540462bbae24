import { expect, it } from 'vitest';
import { count, dayName, fromNow } from './words';

const NOON = new Date(2026, 3, 7, 12).getTime();
const HOUR = 3_600_000;

it('calls days by their distance', () => {
  expect(dayName(NOON - 11 * HOUR, NOON)).toBe('Today');
  expect(dayName(NOON - 13 * HOUR, NOON)).toBe('Yesterday');
  expect(dayName(NOON - 80 * HOUR, NOON)).not.toMatch(/Today|Yesterday/);
  expect(dayName(new Date(2019, 0, 1).getTime(), NOON)).toContain('2019');
});

it('says how long ago or how soon', () => {
  expect(fromNow(NOON - 5000, NOON)).toBe('just now');
  expect(fromNow(NOON - 2 * HOUR, NOON)).toMatch(/2/);
  expect(fromNow(NOON + 168 * HOUR, NOON)).toMatch(/7/);
});

it('counts one and many', () => {
  expect([0, 1, 2].map((n) => count(n, 'person', 'people'))).toEqual(['0 people', '1 person', '2 people']);
});
