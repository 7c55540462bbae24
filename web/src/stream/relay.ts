// Tabs of one browser are one device to the server, which therefore does not tell one tab what another
// posted. This passes a tab's own posts on to the others.
import type { Message } from '../api/wire';

export type Relay = {
  /** Tells the person's other tabs of a message this one posted. */
  send: (userId: number, message: Message) => void;
  /** Hears what this person's other tabs posted. Replaces the listener before it. */
  listen: (userId: number, listener: (message: Message) => void) => void;
};

type Note = { userId: number; message: Message };

/** A relay between the tabs that show the server at `base`. */
export function createRelay(base: string): Relay {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`spika:${base}`);
  return {
    send: (userId, message) => channel?.postMessage({ userId, message } satisfies Note),
    listen(userId, listener) {
      if (!channel) return;
      channel.onmessage = (e: MessageEvent<Note>) => {
        if (e.data.userId === userId) listener(e.data.message);
      };
    },
  };
}
