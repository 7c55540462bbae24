// Files that were chosen for a room and not sent yet.
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Chosen } from '../../state/uploads';
import { toast } from '../kit/Toasts';
import { prepare } from './prepare';

/** So many files go at once: more is a mistake, like a folder that was dropped. */
const MOST = 20;

export type Attached = Chosen & { key: number };

const store = createStore<ReadonlyMap<number, readonly Attached[]>>(() => new Map());
const none: readonly Attached[] = [];
let next = 1;

export const useAttached = (roomId: number): readonly Attached[] => useStore(store, (s) => s.get(roomId) ?? none);

const set = (roomId: number, list: readonly Attached[]) =>
  store.setState(new Map(store.getState()).set(roomId, list), true);
const held = (roomId: number) => store.getState().get(roomId) ?? none;

/** Puts files beside the text that is being written. */
export async function attach(roomId: number, files: Iterable<File>): Promise<void> {
  for (const file of files) {
    if (held(roomId).length >= MOST) return toast(`Only ${MOST} files can be sent at once`);
    if (file.size === 0) toast(`${file.name} is empty and cannot be sent`);
    else {
      const chosen = await prepare(file);
      set(roomId, [...held(roomId), { ...chosen, key: next++ }]);
    }
  }
}

export function detach(roomId: number, key: number): void {
  const gone = held(roomId).find((a) => a.key === key);
  if (gone?.preview) URL.revokeObjectURL(gone.preview);
  set(
    roomId,
    held(roomId).filter((a) => a.key !== key),
  );
}

/** Hands over all files of a room, to be sent. */
export function takeAttached(roomId: number): readonly Attached[] {
  const all = held(roomId);
  set(roomId, none);
  return all;
}
