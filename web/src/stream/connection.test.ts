import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StreamEvent } from '../api/wire';
import { Connection, SILENCE_MS, type StreamState } from './connection';

/** A server side that answers each request with a stream the test writes into. */
function fakeServer() {
  const asked: (string | null)[] = [];
  let status = 200;
  let writer: ReadableStreamDefaultController<Uint8Array> | null = null;
  let down = false;
  return {
    asked,
    answer: (s: number) => {
      status = s;
    },
    goDown: (value: boolean) => {
      down = value;
    },
    write: (text: string) => writer?.enqueue(new TextEncoder().encode(text)),
    close: () => writer?.close(),
    request: async (lastId: string | null, signal: AbortSignal) => {
      asked.push(lastId);
      if (down) throw new TypeError('Failed to fetch');
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          writer = controller;
          signal.addEventListener('abort', () => controller.error(new DOMException('aborted', 'AbortError')));
        },
      });
      return new Response(status === 200 ? body : null, { status });
    },
  };
}

let states: StreamState[];
let events: StreamEvent[];
let server: ReturnType<typeof fakeServer>;
let connection: Connection;
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  states = [];
  events = [];
  server = fakeServer();
  connection = new Connection({
    request: server.request,
    onEvents: (e) => events.push(...e),
    onState: (s) => states.push(s),
  });
});
afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

test('is open once bytes arrive and hands events on', async () => {
  connection.start();
  await settle();
  expect(states).toEqual(['connecting']);
  server.write('id: 1\ndata: {"type":"PING"}\n\nid: 2\ndata: {"type":"SEEN_ROOM","roomId":3}\n\n');
  await settle();
  expect(states).toEqual(['connecting', 'open']);
  expect(events).toEqual([{ type: 'SEEN_ROOM', roomId: 3 }]);
});

test('resumes after the last id it saw', async () => {
  connection.start();
  await settle();
  server.write('id: 41\ndata: {"type":"PING"}\n\n');
  await settle();
  server.close();
  await settle();
  expect(connection.state).toBe('waiting');
  await vi.advanceTimersByTimeAsync(1000);
  expect(server.asked).toEqual([null, '41']);
});

test('waits longer after each failure and tries at once when asked', async () => {
  server.goDown(true);
  connection.start();
  await vi.advanceTimersByTimeAsync(60_000);
  const tries = server.asked.length;
  expect(tries).toBeGreaterThan(4);
  expect(tries).toBeLessThan(14);
  server.goDown(false);
  connection.retry();
  await settle();
  server.write('data: {"type":"PING"}\n\n');
  await settle();
  expect(connection.state).toBe('open');
});

test('takes silence for a dead connection', async () => {
  connection.start();
  await settle();
  server.write('data: {"type":"PING"}\n\n');
  await settle();
  await vi.advanceTimersByTimeAsync(SILENCE_MS + 10);
  expect(states).toContain('waiting');
});

test('ends for good when the session is over, and can be started again from the present', async () => {
  connection.start();
  await settle();
  server.write('id: 5\ndata: {"type":"PING"}\n\n');
  await settle();
  server.answer(401);
  server.close();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(connection.state).toBe('ended');
  expect(server.asked).toEqual([null, '5']);
  server.answer(200);
  connection.start();
  await settle();
  expect(server.asked.at(-1)).toBeNull();
});

test('a frame that cannot be read does not stop the stream', async () => {
  connection.start();
  await settle();
  server.write('data: {oops\n\ndata: 5\n\ndata: {"type":"RESYNC"}\n\n');
  await settle();
  expect(events).toEqual([{ type: 'RESYNC' }]);
});

test('stop is final until the next start', async () => {
  connection.start();
  await settle();
  connection.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(connection.state).toBe('stopped');
  expect(server.asked).toHaveLength(1);
});
