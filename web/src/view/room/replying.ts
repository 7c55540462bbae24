// Which message is being answered in which room, until it is sent or taken back.
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Pending } from '../../state/outbox';

export type ReplyTarget = NonNullable<Pending['reply']>;

const store = createStore<ReadonlyMap<number, ReplyTarget>>(() => new Map());

/** Answers this message, or none any more. */
export function replyTo(roomId: number, target: ReplyTarget | null): void {
  const next = new Map(store.getState());
  if (target) next.set(roomId, target);
  else next.delete(roomId);
  store.setState(next, true);
}

export const useReplyTarget = (roomId: number): ReplyTarget | null => useStore(store, (s) => s.get(roomId) ?? null);
