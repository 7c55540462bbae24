// A place for state that tells whoever watches it, and the two things every part needs beside it.
import { createStore, type StoreApi } from 'zustand/vanilla';

export type { StoreApi };
export { createStore };

/** Where small texts outlive the page. The browser's localStorage, or nothing. */
export type Keep = {
  get: (key: string) => string | null;
  set: (key: string, value: string | null) => void;
  keys: () => string[];
};

/** A Keep that forgets with the page: for browsers without storage, and for tests. */
export function memoryKeep(): Keep {
  const held = new Map<string, string>();
  return {
    get: (key) => held.get(key) ?? null,
    set: (key, value) => void (value === null ? held.delete(key) : held.set(key, value)),
    keys: () => [...held.keys()],
  };
}
