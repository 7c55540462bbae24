import { afterEach, describe, expect, it, vi } from 'vitest';
import { createScripts } from './trusted';

describe('the Trusted Types policy', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is made once and lets the two workers of this app through, and no other script', () => {
    const made: { createScriptURL: (url: string) => string }[] = [];
    vi.stubGlobal('trustedTypes', {
      createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => {
        expect(name).toBe('sw');
        made.push(rules);
        return rules;
      },
    });
    const scripts = createScripts('https://h/chat');
    expect(scripts.serviceWorker()).toBe('https://h/chat/sw.js');
    const worker = scripts.streamWorker();
    expect(made).toHaveLength(1);
    expect(made[0]?.createScriptURL(worker)).toBe(worker);
    for (const other of [
      'https://h/sw.js',
      'https://h/chat/sw.js?x',
      'data:text/javascript,1',
      '/api/upload/files/1',
    ]) {
      expect(() => made[0]?.createScriptURL(other)).toThrow(TypeError);
    }
  });

  it('holds also where the browser knows no Trusted Types', () => {
    vi.stubGlobal('trustedTypes', undefined);
    expect(createScripts('https://h').serviceWorker()).toBe('https://h/sw.js');
  });
});
