// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { excerpt, markdown, safeHref } from './markdown';

afterEach(cleanup);
const shown = (text: string) => render(<div>{markdown(text)}</div>).container;

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a](data:text/html,<script>1</script>)',
  '![a](javascript:alert(1))',
  '![a](https://tracker.example/pixel.png)',
  '[a](&#106;avascript:alert(1))',
  '<a href="javascript:alert(1)">x</a>',
  '[a](vbscript:x)',
  '<svg/onload=alert(1)>',
  '[a](\tjavascript:alert(1))',
  '<javascript:alert(1)>',
  '[x](//evil.example)',
  '[x]: javascript:alert(1)\n\n[x]',
])('stays inert: %s', (text) => {
  const c = shown(text);
  expect(c.querySelectorAll('script,img,svg,iframe,[onerror],[onload]')).toHaveLength(0);
  for (const a of c.querySelectorAll('a')) expect(a.getAttribute('href')).toMatch(/^(https?:|mailto:)/);
});

test('shows the marks people use', () => {
  const c = shown(
    '**b** _i_ ~~d~~ `c` https://example.org\n\n- one\n- two\n\n> q\n\n```\ncode\n```\n\n|a|b|\n|-|-|\n|1|2|',
  );
  for (const s of ['strong', 'em', 'del', 'code', 'a', 'ul li', 'blockquote', 'pre code', 'table td']) {
    expect(c.querySelector(s), s).not.toBeNull();
  }
});

test('shows HTML as it was typed', () => {
  expect(shown('a <b>bold</b> & <i>move</i>').textContent).toBe('a <b>bold</b> & <i>move</i>');
  expect(shown('1 < 2 && 3 > 2').textContent).toBe('1 < 2 && 3 > 2');
});

test('a single line break stays one', () => {
  expect(shown('one\ntwo').querySelectorAll('br')).toHaveLength(1);
});

test.each(['javascript:1', '//evil.example', '/api/x', 'ftp://x', ''])('offers no link to %j', (address) => {
  expect(safeHref(address)).toBeUndefined();
});

const LONGEST = 65_000;
const filled = (sign: string) => sign.repeat(Math.floor(LONGEST / sign.length));
const hostile: Record<string, string> = {
  'deep quotes': filled('> '),
  'deep quotes on every line': `${'> '.repeat(20)}x\n`.repeat(1500),
  'deep lists': Array.from({ length: 200 }, (_, i) => `${' '.repeat(i * 2)}- x`).join('\n'),
  'lists in one line': filled('- '),
  'numbers in one line': filled('1. '),
  stars: filled('*'),
  'open links': filled('[a]('),
  'open emphasis': filled('*a _b '),
  ticks: filled('`a'),
  underscores: filled('_a'),
  'underscores far apart': filled(`${'x'.repeat(31)}_`),
  'underscores with spaces': filled(`${'_a'.repeat(490)} `),
  'nested emphasis': `${'*_'.repeat(300)}x${'_*'.repeat(300)}`,
};
test.each(Object.entries(hostile))('hostile text is shown, and soon: %s', (_, text) => {
  const start = process.cpuUsage();
  expect(shown(text).textContent?.length).toBeGreaterThan(0);
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(2500);
});

test('text too costly to read is shown as it was typed', () => {
  const text = `two\nlines ${'_a'.repeat(1000)}`;
  expect(shown(text).querySelector('.as-typed')?.textContent).toBe(text);
});

test('an excerpt is short and without marks', () => {
  expect(excerpt('> **Hello**\n\n`world`')).toBe('Hello world');
  expect(excerpt('See:\n```go\nx := 1\n```\nok')).toBe('See: x := 1 ok');
  expect(excerpt('x'.repeat(500))).toHaveLength(140);
});
