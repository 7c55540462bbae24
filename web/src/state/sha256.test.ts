import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { Sha256 } from './sha256';

const bytes = (n: number) => Uint8Array.from({ length: n }, (_, i) => (i * 7 + n) % 256);

it('gives the sums that others give, whatever pieces the bytes come in', () => {
  expect(new Sha256().update(new TextEncoder().encode('abc')).hex()).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  for (const n of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_003]) {
    const all = bytes(n);
    const want = createHash('sha256').update(all).digest('hex');
    const inPieces = new Sha256();
    for (let at = 0; at < n; at += 37) inPieces.update(all.subarray(at, at + 37));
    expect(inPieces.hex(), `${n} bytes`).toBe(want);
    expect(new Sha256().update(all).hex(), `${n} bytes`).toBe(want);
  }
});
