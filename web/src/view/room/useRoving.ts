// Walking through the messages with the keyboard: one of them takes the focus, the arrows move it.
import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';

const COMPOSER = 'textarea[data-composer]';
/** The event that leads from the composer into the list. */
const ENTER = 'spika-enter-list';

type Parts = {
  keys: readonly string[];
  /** How many items before the messages cannot take the focus. */
  start: number;
  list: RefObject<VirtualizerHandle | null>;
  box: RefObject<HTMLDivElement | null>;
  /** The newest item on screen. */
  newest: () => number;
};

/** `focused`: the item to keep mounted, or -1; `focusable`: the one that Tab leads to. */
export function useRoving({ keys, start, list, box, newest }: Parts) {
  const [key, setKey] = useState<string | null>(null);
  const focused = key === null ? -1 : keys.indexOf(key);

  const focus = (to: number) => {
    const next = keys[to];
    if (next === undefined) return;
    setKey(next);
    list.current?.scrollToIndex(to, { align: 'nearest' });
    focusSoon(() => box.current?.querySelector<HTMLElement>(`article[data-key="${CSS.escape(next)}"]`));
  };

  const walk = (e: KeyboardEvent) => {
    const article = (e.target as HTMLElement).closest<HTMLElement>('article');
    if (!article) return;
    // An open popover or dialog takes Escape for itself.
    if (e.key === 'Escape' && !article.querySelector(':popover-open,dialog[open]')) {
      e.preventDefault();
      return toComposer();
    }
    if (e.target !== article) return;
    const at = keys.indexOf(article.dataset.key ?? '');
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: start, End: keys.length - 1 }[e.key];
    if (to === undefined) return;
    e.preventDefault();
    if (to === keys.length) toComposer();
    else if (to >= start) focus(to);
  };

  // Which rows are mounted says little: for a moment they can be others, when older messages come in.
  const enter = useRef(() => {});
  enter.current = () => {
    const to = newest();
    if (to >= start) focus(to);
  };
  useEffect(() => {
    const element = box.current;
    const entered = () => enter.current();
    element?.addEventListener(ENTER, entered);
    return () => element?.removeEventListener(ENTER, entered);
  }, [box]);

  // However it came by it: what has the focus stays mounted, also when older messages come in above it.
  const took = (e: FocusEvent) => {
    const by = (e.target as HTMLElement).closest<HTMLElement>('article')?.dataset.key;
    if (by !== undefined && keys.indexOf(by) >= start) setKey(by);
  };

  return { walk, took, focused, focusable: focused >= 0 ? focused : keys.length - 1 };
}

/** A row that was not on screen cannot take the focus before it was measured: so many frames are enough. */
const FRAMES = 30;

function focusSoon(find: () => HTMLElement | null | undefined, frames = FRAMES): void {
  const article = find();
  article?.focus({ preventScroll: true });
  if (frames > 0 && (!article || document.activeElement !== article))
    requestAnimationFrame(() => focusSoon(find, frames - 1));
}

const toComposer = () => document.querySelector<HTMLElement>(COMPOSER)?.focus();

/** From the composer to the newest message on screen. */
export const toMessages = () => document.querySelector('.list')?.dispatchEvent(new Event(ENTER));
