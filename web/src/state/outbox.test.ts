import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Api } from '../api/client';
import { Failure } from '../api/http';
import type { Message } from '../api/wire';
import { deferred, ME, message } from './fixtures';
import { Outbox } from './outbox';
import { memoryKeep } from './store';

type Post = Parameters<Api['post']>[0];
const textOf = (p: Post) => ('text' in p.body ? p.body.text : null);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function outbox(keep = memoryKeep()) {
  const posts: Post[] = [];
  const sent: Message[] = [];
  let answer: (p: Post) => Promise<Message> = async (p) =>
    message(posts.length, { fromUserId: ME, localId: p.localId, roomId: p.roomId });
  let next = 0;
  const box = new Outbox({
    api: {
      post: (p) => {
        posts.push(p);
        return answer(p);
      },
    },
    keep,
    userId: ME,
    now: () => 1000 + next,
    newId: () => `id${++next}`,
    onSent: (m) => sent.push(m),
  });
  return { box, posts, sent, keep, answerWith: (a: typeof answer) => (answer = a) };
}

const draft = (text: string, roomId = 1) => ({ roomId, text, reply: null });
const settle = () => vi.advanceTimersByTimeAsync(0);

it('sends, tells of it, and then holds nothing, on the page or off it', async () => {
  const { box, sent, keep } = outbox();
  box.send(draft('a'));
  expect(box.store.getState()).toMatchObject([{ text: 'a', state: 'sending' }]);
  expect(keep.keys()).toHaveLength(1);
  await settle();
  expect(sent).toHaveLength(1);
  expect(box.store.getState()).toEqual([]);
  expect(keep.keys()).toEqual([]);
});

it('sends the messages of a room one after the other, and rooms beside each other', async () => {
  const { box, posts, answerWith } = outbox();
  const first = deferred<Message>();
  answerWith((p) => (textOf(p) === 'a' ? first.promise : Promise.resolve(message(9, { localId: p.localId }))));
  box.send(draft('a'));
  box.send(draft('b'));
  box.send(draft('other', 2));
  await settle();
  expect(posts.map(textOf)).toEqual(['a', 'other']);
  first.resolve(message(1));
  await settle();
  expect(posts.map(textOf)).toEqual(['a', 'other', 'b']);
});

it('waits while the server is away and sends the same id again, in order', async () => {
  const { box, posts, answerWith } = outbox();
  answerWith(() => Promise.reject(new Failure(0, 'away')));
  box.send(draft('a'));
  box.send(draft('b'));
  await settle();
  expect(box.store.getState().map((p) => p.state)).toEqual(['waiting', 'waiting']);
  expect(posts).toHaveLength(1);
  answerWith(async (p) => message(1, { localId: p.localId }));
  await vi.advanceTimersByTimeAsync(2000);
  expect(posts.map((p) => [textOf(p), p.localId])).toEqual([
    ['a', 'id1'],
    ['a', 'id1'],
    ['b', 'id2'],
  ]);
  expect(box.store.getState()).toEqual([]);
});

it('waits longer from try to try, and as long as the server asks for', async () => {
  const { box, posts, answerWith } = outbox();
  answerWith(() => Promise.reject(new Failure(503, 'busy')));
  box.send(draft('a'));
  await vi.advanceTimersByTimeAsync(2000);
  expect(posts).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(3999);
  expect(posts).toHaveLength(2);
  answerWith(() => Promise.reject(new Failure(429, 'slower', 60)));
  await vi.advanceTimersByTimeAsync(1);
  expect(posts).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(posts).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(1000);
  expect(posts).toHaveLength(4);
});

it('sends at once what waits when told that the server is back', async () => {
  const { box, posts, answerWith } = outbox();
  answerWith(() => Promise.reject(new Failure(0, 'away')));
  box.send(draft('a'));
  await settle();
  answerWith(async (p) => message(1, { localId: p.localId }));
  box.wake();
  await settle();
  expect(posts).toHaveLength(2);
});

it('shows what was refused, goes on with the next, and tries again only when asked', async () => {
  const { box, posts, answerWith } = outbox();
  answerWith((p) =>
    textOf(p) === 'bad' ? Promise.reject(new Failure(400, 'Text is missing')) : Promise.resolve(message(1)),
  );
  box.send(draft('bad'));
  box.send(draft('good'));
  await settle();
  expect(box.store.getState()).toMatchObject([{ text: 'bad', state: 'failed', trouble: 'Text is missing' }]);
  await vi.advanceTimersByTimeAsync(120_000);
  expect(posts).toHaveLength(2);
  answerWith(async () => message(2));
  box.retry('id1');
  box.retry('no such');
  await settle();
  expect(box.store.getState()).toEqual([]);
});

it('drops what was discarded', async () => {
  const { box, keep, answerWith } = outbox();
  answerWith(() => Promise.reject(new Failure(403, 'no')));
  box.send(draft('a'));
  await settle();
  box.discard('id1');
  expect(box.store.getState()).toEqual([]);
  expect(keep.keys()).toEqual([]);
});

it('takes up what an earlier page left, oldest first, under the ids it had', async () => {
  const keep = memoryKeep();
  const before = outbox(keep);
  before.answerWith(() => new Promise(() => {}));
  before.box.send({ roomId: 1, text: 'a', reply: { id: 7, senderName: 'Bo', text: 'q' } });
  before.box.send(draft('b'));
  before.box.stop();
  keep.set(`spika.outbox.${ME}.broken`, '{"localId":1');
  keep.set(`spika.outbox.${ME}.half`, '{"localId":"x"}');
  keep.set('spika.outbox.99.id9', keep.get(`spika.outbox.${ME}.id1`));
  const after = outbox(keep);
  after.box.restore();
  await settle();
  expect(after.posts.map((p) => [p.localId, textOf(p), p.replyId])).toEqual([
    ['id1', 'a', 7],
    ['id2', 'b', null],
  ]);
});

it('keeps unsent messages for the next sign-in when the session is over', async () => {
  const { box, keep, answerWith } = outbox();
  answerWith(() => Promise.reject(new Failure(401, 'sign in again')));
  box.send(draft('a'));
  await settle();
  expect(box.store.getState()).toMatchObject([{ state: 'waiting' }]);
  box.stop();
  expect(box.store.getState()).toEqual([]);
  expect(keep.keys()).toHaveLength(1);
});
