// Whether live events arrive, and when that is worth telling.
import type { StreamState } from '../stream/connection';
import { createStore } from './store';

export type LinkState = {
  stream: StreamState;
  /** Lost for long enough to say so. */
  troubled: boolean;
};

/** Shorter losses pass without a word. */
const GRACE_MS = 1000;

export class Link {
  readonly store = createStore<LinkState>(() => ({ stream: 'stopped', troubled: false }));
  #timer: ReturnType<typeof setTimeout> | undefined;

  became(stream: StreamState): void {
    this.store.setState({ stream });
    if (stream === 'open' || stream === 'stopped' || stream === 'ended') {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.store.setState({ troubled: false });
    } else {
      this.#timer ??= setTimeout(() => this.store.setState({ troubled: true }), GRACE_MS);
    }
  }
}
