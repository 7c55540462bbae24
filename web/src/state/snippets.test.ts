import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { literal, postUrl, type SnippetLanguage, type SnippetParts, shellQuote, snippet } from './snippets';

const nasty = [
  'plain',
  `O'Brien's "build" bot`,
  '$(id) `id` $HOME $IFS !! \\ \\n',
  'two\nlines\tand a tab',
  'emoji 👍🏽 and ümläut and \u2028 and \u0001',
  `''''`,
  '-n --help',
  'end with a backslash \\',
];

const parts = (text: string, secret = 'S'.repeat(43)): SnippetParts => ({
  postUrl: postUrl('https://chat.example.org/spika'),
  serverUrl: 'https://chat.example.org/spika',
  secret,
  roomId: 7,
  text,
});

/** The words that a shell makes of a command, the command's own name first. */
function words(command: string, env: Record<string, string> = {}): string[] {
  const name = command.split(' ', 1)[0] as string;
  const script = `${name}() { printf '%s\\0' "$@"; }\n${command}`;
  const out = execFileSync('sh', ['-c', script], { env: { ...env, PATH: '/usr/bin:/bin' } }).toString();
  return [name, ...out.split('\0').slice(0, -1)];
}

describe.each(nasty)('a name like %j', (text) => {
  it('is one shell word', () => {
    const out = execFileSync('sh', ['-c', `printf %s ${shellQuote(text)}`]).toString();
    expect(out).toBe(text);
  });

  it('goes through curl as the JSON it stands for', () => {
    const w = words(snippet('curl', parts(text)));
    expect(w.slice(0, 3)).toEqual(['curl', '-sS', 'https://chat.example.org/spika/api/messaging/messages']);
    expect(w).toContain(`accesstoken: ${'S'.repeat(43)}`);
    expect(w).toContain('Content-Type: application/json');
    expect(JSON.parse(w.at(-1) as string)).toEqual({ roomId: 7, type: 'text', body: { text } });
  });

  it('goes through spika send as it is', () => {
    expect(words(snippet('spika', parts(text)))).toEqual([
      'spika',
      'send',
      '--url',
      'https://chat.example.org/spika',
      '--key',
      'S'.repeat(43),
      '--room',
      '7',
      text,
    ]);
  });

  it('is one literal in the other languages', () => {
    expect(JSON.parse(literal(text))).toBe(text);
    for (const language of ['go', 'python', 'javascript'] as SnippetLanguage[]) {
      expect(snippet(language, parts(text))).toContain(literal(text));
    }
  });
});

it('quotes an address that a shell would take apart', () => {
  const p = { ...parts('x'), postUrl: `https://h/a'b&c` };
  expect(words(snippet('curl', p))[2]).toBe(`https://h/a'b&c`);
});

it('takes a secret that is not shown from the environment', () => {
  const env = { SPIKA_KEY: 'from env' };
  expect(words(snippet('curl', parts('x', '')), env)).toContain('accesstoken: from env');
  expect(words(snippet('spika', parts('x', '')), env)).toContain('from env');
  expect(snippet('go', parts('x', ''))).toContain('os.Getenv("SPIKA_KEY")');
  expect(snippet('python', parts('x', ''))).toContain('os.environ["SPIKA_KEY"]');
  expect(snippet('javascript', parts('x', ''))).toContain('process.env.SPIKA_KEY');
});

it('is valid JavaScript', () => {
  for (const text of nasty) {
    const code = snippet('javascript', parts(text));
    expect(() => new Function(`return async () => { ${code} }`)).not.toThrow();
  }
});
