import { expect, test } from 'vitest';
import { frameReader } from './frames';

const all = (...pieces: string[]) => {
  const read = frameReader();
  return pieces.flatMap((p) => read(p));
};

test('reads frames with and without an id', () => {
  expect(all('id: 7\ndata: {"a":1}\n\ndata: x\n\n')).toEqual([
    { id: '7', data: '{"a":1}' },
    { id: null, data: 'x' },
  ]);
});

test('joins data lines and drops comments and unknown fields', () => {
  expect(all(': hello\nevent: e\nretry: 5\ndata: a\ndata:b\n\n')).toEqual([{ id: null, data: 'a\nb' }]);
});

test.each(['\n', '\r\n', '\r'])('gives the same frames wherever the text is cut (%j)', (eol) => {
  const text = ['id: 1', 'data: å', '', 'id: 2', 'data: b', '', ''].join(eol);
  const whole = [
    { id: '1', data: 'å' },
    { id: '2', data: 'b' },
  ];
  for (let cut = 0; cut <= text.length; cut++) {
    const got = all(text.slice(0, cut), text.slice(cut), '\n');
    expect(got, `cut at ${cut}`).toEqual(whole);
  }
});

test('keeps an unfinished frame back', () => {
  expect(all('data: a\n')).toEqual([]);
});

test('a frame without data is none', () => {
  expect(all('id: 3\n\n')).toEqual([]);
});
