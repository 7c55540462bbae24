import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failure } from '../api/http';
import { Receipts } from './receipts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function receipts() {
  const delivered: number[][] = [];
  const seen: [number, number][] = [];
  let fails: Failure | null = null;
  const answer = async () => {
    if (fails) throw fails;
    return { messageRecords: [] };
  };
  const r = new Receipts({
    delivered: (ids) => {
      delivered.push(ids);
      return answer();
    },
    seen: (room, id) => {
      seen.push([room, id]);
      return answer();
    },
  });
  return { r, delivered, seen, failWith: (f: Failure | null) => (fails = f) };
}

it('reports the first look at once, then at most twice a second, and the newest only', async () => {
  const { r, seen } = receipts();
  for (let id = 1; id <= 100; id++) {
    r.seen(1, id);
    await vi.advanceTimersByTimeAsync(20);
  }
  await vi.advanceTimersByTimeAsync(1000);
  expect(seen[0]).toEqual([1, 1]);
  expect(seen.at(-1)).toEqual([1, 100]);
  expect(seen.length).toBeLessThanOrEqual(6);
});

it('waits for the answer before it reports again', async () => {
  const seen: number[] = [];
  let answer = () => {};
  const r = new Receipts({
    delivered: async () => ({ messageRecords: [] }),
    seen: (_, id) => {
      seen.push(id);
      return new Promise((done) => {
        answer = () => done({ messageRecords: [] });
      });
    },
  });
  for (let id = 1; id <= 100; id++) {
    r.seen(1, id);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(seen).toEqual([1]);
  answer();
  await vi.advanceTimersByTimeAsync(500);
  expect(seen).toEqual([1, 100]);
});

it('reports several rooms in one go, receiving only the newest message of each', async () => {
  const { r, delivered } = receipts();
  r.delivered(1, 10, false);
  r.delivered(2, 20, false);
  r.delivered(1, 11, false);
  await vi.advanceTimersByTimeAsync(150);
  expect(delivered).toEqual([[11, 20]]);
});

it('does not report receiving what was seen in the meantime', async () => {
  const { r, delivered, seen } = receipts();
  r.delivered(1, 10, false);
  r.seen(1, 10);
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen).toEqual([[1, 10]]);
  expect(delivered).toEqual([]);
});

it('leaves a hidden page time, and reports nothing that another tab reported', async () => {
  const { r, delivered } = receipts();
  r.delivered(1, 10, true);
  await vi.advanceTimersByTimeAsync(300);
  r.known('delivered', 1, 10);
  await vi.advanceTimersByTimeAsync(2000);
  expect(delivered).toEqual([]);
});

it('says nothing twice', async () => {
  const { r, seen, delivered } = receipts();
  r.seen(1, 10);
  r.seen(1, 9);
  r.seen(1, 10);
  r.delivered(1, 10, false);
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen).toEqual([[1, 10]]);
  expect(delivered).toEqual([]);
});

it('reports again what was lost on the way, unless something newer covers it', async () => {
  const { r, seen, delivered, failWith } = receipts();
  failWith(new Failure(0, 'away'));
  r.seen(1, 10);
  r.delivered(2, 5, false);
  await vi.advanceTimersByTimeAsync(400);
  failWith(null);
  await vi.advanceTimersByTimeAsync(4000);
  expect(seen).toEqual([
    [1, 10],
    [1, 10],
  ]);
  expect(delivered).toEqual([[5], [5]]);
});

it('gives up on what the server refuses', async () => {
  const { r, seen, delivered, failWith } = receipts();
  failWith(new Failure(400, 'user is not in this room'));
  r.seen(1, 10);
  r.delivered(2, 5, false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(seen).toHaveLength(1);
  expect(delivered).toHaveLength(1);
});

it('stops', async () => {
  const { r, delivered } = receipts();
  r.delivered(1, 10, false);
  r.stop();
  await vi.advanceTimersByTimeAsync(2000);
  expect(delivered).toEqual([]);
});
