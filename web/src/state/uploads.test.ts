import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Failure } from '../api/http';
import type { Draft } from './outbox';
import { base64, CHUNK, type Chosen, Uploads, type UploadsParts } from './uploads';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const content = Uint8Array.from({ length: 2 * CHUNK + 10 }, (_, i) => i % 251);
const bytes = (b: Uint8Array) => ({
  size: b.length,
  slice: (from: number, to: number) => ({ arrayBuffer: async () => b.slice(from, to).buffer as ArrayBuffer }),
});
const chosen = (more: Partial<Chosen> = {}): Chosen => ({
  type: 'file',
  name: 'report.pdf',
  mime: 'application/pdf',
  size: content.length,
  meta: { duration: 0, width: 0, height: 0 },
  preview: null,
  bytes: bytes(content),
  thumb: null,
  ...more,
});
const photo = () =>
  chosen({ type: 'image', preview: 'blob:1', thumb: { bytes: bytes(Uint8Array.of(1, 2)), width: 256, height: 100 } });

/** A made-up server that keeps pieces, and uploads to it. */
function uploads() {
  const kept = new Map<string, Map<number, string>>();
  const finished: Parameters<UploadsParts['api']['finishFile']>[0][] = [];
  const calls: string[] = [];
  const sent: { draft: Draft; localId: string | undefined }[] = [];
  const ended: (string | null)[] = [];
  let refuse: (call: string) => Failure | null = () => null;
  let ids = 0;
  const called = (call: string) => {
    calls.push(call);
    const failure = refuse(call);
    if (failure) throw failure;
  };
  const box = new Uploads({
    api: {
      chunks: async (id) => {
        called('chunks');
        return [...(kept.get(id)?.keys() ?? [])];
      },
      sendChunk: async (id, n, chunk) => {
        called(`chunk ${n}`);
        kept.set(id, (kept.get(id) ?? new Map()).set(n, chunk));
        return { uploadedChunks: [] };
      },
      finishFile: async (about) => {
        called('finish');
        finished.push(about);
        return { id: 100 + finished.length } as never;
      },
    },
    outbox: { send: (draft, localId) => void sent.push({ draft, localId }) },
    now: () => 7,
    newId: () => `id${++ids}`,
    onEnd: ({ preview }) => void ended.push(preview),
  });
  return { box, kept, finished, calls, sent, ended, refuseWith: (r: typeof refuse) => (refuse = r) };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
/** How often any answer is waited for: a file has at most a few pieces. */
const settled = async () => {
  for (let i = 0; i < 30; i++) await settle();
};

it('sends a file in pieces, with its sum, and posts it under the id it was shown under', async () => {
  const { box, kept, finished, calls, sent } = uploads();
  box.add(1, chosen(), { id: 5, senderName: 'Ada', text: 'send it' });
  const [shown] = box.store.getState();
  await settled();
  expect(calls).toEqual(['chunk 0', 'chunk 1', 'chunk 2', 'finish']);
  const [pieces] = [...kept.values()];
  const back = Buffer.concat([0, 1, 2].map((n) => Buffer.from(pieces?.get(n) ?? '', 'base64')));
  expect(back.equals(Buffer.from(content))).toBe(true);
  expect(finished[0]).toMatchObject({
    fileName: 'report.pdf',
    type: 'file',
    size: content.length,
    total: 3,
    fileHash: createHash('sha256').update(content).digest('hex'),
  });
  expect(sent).toEqual([
    {
      localId: shown?.localId,
      draft: expect.objectContaining({ roomId: 1, reply: expect.objectContaining({ id: 5 }) }),
    },
  ]);
  expect(sent[0]?.draft.file).toMatchObject({ fileId: 101, thumbId: 0, sent: content.length });
  expect(box.store.getState()).toEqual([]);
});

it('sends the small picture along', async () => {
  const { box, finished, sent } = uploads();
  box.add(1, photo());
  await settled();
  expect(finished[1]).toMatchObject({ mimeType: 'image/jpeg', size: 2, metaData: { width: 256, height: 100 } });
  expect(sent[0]?.draft.file).toMatchObject({ fileId: 101, thumbId: 102 });
});

it('waits while the server is away, and goes on where it stopped', async () => {
  const { box, calls, sent, refuseWith } = uploads();
  refuseWith((call) => (call === 'chunk 1' ? new Failure(0, 'away') : null));
  box.add(1, chosen());
  box.add(1, chosen({ name: 'second' }));
  await settled();
  expect(box.store.getState().map((p) => [p.state, p.file?.sent])).toEqual([
    ['waiting', CHUNK],
    ['waiting', 0],
  ]);
  refuseWith(() => null);
  calls.length = 0;
  box.wake();
  await settled();
  expect(calls.slice(0, 4)).toEqual(['chunks', 'chunk 1', 'chunk 2', 'finish']);
  expect(sent.map((s) => s.draft.file?.name)).toEqual(['report.pdf', 'second']);
});

it('tries again by itself, later each time', async () => {
  const { box, calls, refuseWith } = uploads();
  refuseWith(() => new Failure(503, 'busy'));
  box.add(1, chosen());
  await settled();
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2000);
  await settled();
  expect(calls).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(3900);
  expect(calls).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(calls).toHaveLength(3);
  box.stop();
  expect(box.store.getState()).toEqual([]);
});

it('shows why a file is refused, and goes on with the next one', async () => {
  const { box, sent, refuseWith, ended } = uploads();
  refuseWith((call) => (call === 'chunk 1' ? new Failure(413, 'The file is too large') : null));
  box.add(1, photo());
  box.add(1, chosen({ name: 'small', size: 3, bytes: bytes(content.subarray(0, 3)) }));
  await settled();
  expect(box.store.getState()).toMatchObject([{ state: 'failed', trouble: 'The file is too large' }]);
  expect(sent.map((s) => s.draft.file?.name)).toEqual(['small']);
  refuseWith(() => null);
  box.retry(box.store.getState()[0]?.localId ?? '');
  await settled();
  expect(sent).toHaveLength(2);
  expect(ended).toEqual([]);
});

it('can be given up in the middle', async () => {
  const { box, calls, sent, ended, refuseWith } = uploads();
  refuseWith((call) => {
    if (call === 'chunk 0') box.discard(box.store.getState()[0]?.localId ?? '');
    return null;
  });
  box.add(1, photo());
  await settled();
  expect(calls).toEqual(['chunk 0']);
  expect(sent).toEqual([]);
  expect(ended).toEqual(['blob:1']);
});

it('sends a file anew whose answer was lost when it was finished', async () => {
  const { box, kept, sent, refuseWith } = uploads();
  let first = true;
  refuseWith((call) => {
    if (call !== 'finish' || !first) return null;
    first = false;
    return new Failure(409, 'File with that clientId already exists');
  });
  box.add(1, chosen());
  await settled();
  expect(kept.size).toBe(2);
  expect(sent).toHaveLength(1);
});

it('makes base64 of any bytes', () => {
  expect(base64(content)).toBe(Buffer.from(content).toString('base64'));
  expect(base64(new Uint8Array())).toBe('');
});
