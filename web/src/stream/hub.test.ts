import { expect, test, vi } from 'vitest';
import { type FromHub, Hub } from './hub';

const port = () => {
  const heard: FromHub[] = [];
  return { heard, postMessage: (said: FromHub) => void heard.push(said) };
};

function hubWithServer() {
  const signals: AbortSignal[] = [];
  const writers: ReadableStreamDefaultController<Uint8Array>[] = [];
  const hub = new Hub(() => async (_lastId, signal) => {
    signals.push(signal);
    return new Response(new ReadableStream<Uint8Array>({ start: (c) => void writers.push(c) }));
  });
  const write = (text: string) => writers.at(-1)?.enqueue(new TextEncoder().encode(text));
  return { hub, signals, writers, write };
}
const start = (userId: number) => ({ kind: 'start', base: 'http://x', userId }) as const;

test('tabs of one person share one connection and all hear it', async () => {
  const { hub, writers, write } = hubWithServer();
  const [a, b] = [port(), port()];
  hub.hear(a, start(1));
  hub.hear(b, start(1));
  await vi.waitFor(() => expect(writers).toHaveLength(1));
  write('data: {"type":"RESYNC"}\n\n');
  const events = { kind: 'events', events: [{ type: 'RESYNC' }] };
  await vi.waitFor(() => expect(a.heard).toContainEqual(events));
  expect(b.heard).toContainEqual(events);
  expect(writers).toHaveLength(1);
});

test('a tab that comes later learns the state at once', async () => {
  const { hub, writers, write } = hubWithServer();
  const [a, b] = [port(), port()];
  hub.hear(a, start(1));
  await vi.waitFor(() => expect(writers).toHaveLength(1));
  write('data: {"type":"PING"}\n\n');
  await vi.waitFor(() => expect(a.heard).toContainEqual({ kind: 'state', state: 'open' }));
  hub.hear(b, start(1));
  expect(b.heard).toEqual([{ kind: 'state', state: 'open' }]);
});

test('another person gets a connection of their own', async () => {
  const { hub, signals, writers } = hubWithServer();
  hub.hear(port(), start(1));
  await vi.waitFor(() => expect(writers).toHaveLength(1));
  hub.hear(port(), start(2));
  await vi.waitFor(() => expect(writers).toHaveLength(2));
  expect(signals[0]?.aborted).toBe(true);
});

test('the connection closes with the last tab', async () => {
  const { hub, signals, writers } = hubWithServer();
  const [a, b] = [port(), port()];
  hub.hear(a, start(1));
  hub.hear(b, start(1));
  await vi.waitFor(() => expect(writers).toHaveLength(1));
  hub.hear(a, { kind: 'bye' });
  expect(signals[0]?.aborted).toBe(false);
  hub.hear(b, { kind: 'bye' });
  expect(signals[0]?.aborted).toBe(true);
});
