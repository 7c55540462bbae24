import { expect, it } from 'vitest';
import { asFailure, Failure, unwrap } from './http';

const answer = (status: number, error: unknown, headers = {}) =>
  Promise.resolve({ error, response: new Response(null, { status, headers }) });

it('gives the data of a success', async () => {
  expect(await unwrap(Promise.resolve({ data: { data: 7 }, response: new Response() }))).toBe(7);
});

it('tells the status and the server’s own words', async () => {
  await expect(unwrap(answer(403, { status: 'error', message: 'not an admin' }))).rejects.toMatchObject({
    status: 403,
    message: 'not an admin',
    passing: false,
  });
});

it('has words of its own where the server has none', async () => {
  await expect(unwrap(answer(502, '<html>'))).rejects.toThrow(/does not understand/);
  await expect(unwrap(Promise.reject(new TypeError('Failed to fetch')))).rejects.toThrow(/cannot be reached/);
  await expect(unwrap(Promise.reject(new SyntaxError('Unexpected token')))).rejects.toThrow(/does not understand/);
});

it('knows what may succeed later, and when', async () => {
  await expect(unwrap(answer(429, { message: 'slower' }, { 'Retry-After': '30' }))).rejects.toMatchObject({
    passing: true,
    retryAfter: 30,
  });
  expect([0, 500, 503].every((s) => new Failure(s, '').passing)).toBe(true);
  expect([400, 401, 404, 409].some((s) => new Failure(s, '').passing)).toBe(false);
  const failure = new Failure(400, 'x');
  expect(asFailure(failure)).toBe(failure);
});
