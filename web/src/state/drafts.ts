// What was typed and not sent, per room. It outlives the page.
import { createStore, type Keep } from './store';

export type Drafts = ReturnType<typeof createDrafts>;

const PREFIX = 'spika.draft.';

/** Drafts of one person, kept under names that only they use. */
export function createDrafts(keep: Keep, userId: number) {
  const name = (roomId: number) => `${PREFIX}${userId}.${roomId}`;
  const start = new Map<number, string>();
  for (const key of keep.keys()) {
    if (!key.startsWith(`${PREFIX}${userId}.`)) continue;
    const text = keep.get(key);
    if (text) start.set(Number(key.slice(key.lastIndexOf('.') + 1)), text);
  }
  const store = createStore<ReadonlyMap<number, string>>(() => start);
  return {
    store,
    get: (roomId: number): string => store.getState().get(roomId) ?? '',
    set(roomId: number, text: string): void {
      const next = new Map(store.getState());
      if (text.trim() === '') next.delete(roomId);
      else next.set(roomId, text);
      store.setState(next, true);
      keep.set(name(roomId), text.trim() === '' ? null : text);
    },
  };
}
