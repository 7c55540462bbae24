// Where a message list stands: at its end and staying there, or somewhere above and left alone.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { Row } from '../../state/rows';
import { lastIdUpTo } from './list';

/** This close to the end, in pixels, counts as being there. */
const NEAR = 60;
/** This far from the end the way back is offered. */
const FAR = 180;
/** This close to the top, older messages are asked for. */
const AHEAD = 2400;
/** What stays visible above the "New" line when a room opens at it. */
const ABOVE_NEW = 72;

type Parts = {
  rows: readonly Row[];
  /** How many items stand before the rows. */
  start: number;
  loadingOlder: 'idle' | 'loading' | 'failed';
  onTop: () => void;
  /** How far down one can see: to this message, which is the end or not. */
  onLook: (upTo: number, atEnd: boolean) => void;
};

export function useListScroll({ rows, start, loadingOlder, onTop, onLook }: Parts) {
  const list = useRef<VirtualizerHandle>(null);
  const box = useRef<HTMLDivElement>(null);
  const pinned = useRef(true);
  const offset = useRef(0);
  const endId = useRef(0);
  const [away, setAway] = useState<number | null>(null);

  const toEnd = useCallback(() => {
    pinned.current = true;
    list.current?.scrollToIndex(Number.MAX_SAFE_INTEGER, { align: 'end' });
  }, []);

  const look = useCallback(() => {
    const v = list.current;
    if (rows.length === 0) return onLook(0, true);
    if (!v || v.viewportSize === 0) return;
    const left = v.scrollSize - v.scrollOffset - v.viewportSize;
    const last = lastIdUpTo(rows, rows.length - 1);
    if (left < 2) pinned.current = true;
    if (left < NEAR || endId.current === 0) endId.current = last;
    if (left < NEAR) setAway(null);
    else if (left > FAR || last > endId.current) setAway((held) => held ?? endId.current);
    const seen = left < 2 ? rows.length - 1 : v.findItemIndex(v.scrollOffset + v.viewportSize) - start - 1;
    // Who is at the end stays there, though what just came in may still have to scroll into view.
    onLook(lastIdUpTo(rows, seen), pinned.current);
  }, [rows, start, onLook]);

  const hold = useOpening({ rows, start, list, box, pinned, offset, toEnd });

  useResize(box, hold, look);

  const onScroll = (now: number) => {
    const v = list.current;
    if (!v) return;
    const left = v.scrollSize - now - v.viewportSize;
    const up = now < offset.current - 1;
    offset.current = now;
    // Any way of scrolling up lets go: wheel, touch, keys and the bar look the same here.
    if (up && left > 2) pinned.current = false;
    else if (left < NEAR) pinned.current = true;
    look();
    if (now < AHEAD) onTop();
  };

  // A short list has no scroll to start the next page with.
  useEffect(() => {
    const v = list.current;
    if (v && loadingOlder === 'idle' && v.scrollOffset < AHEAD) onTop();
  }, [loadingOlder, onTop]);

  /** The item of the newest message that one can see the whole of. */
  const newest = () => {
    const v = list.current;
    const end = start + rows.length - 1;
    if (!v || pinned.current) return end;
    return Math.min(end, Math.max(start, v.findItemIndex(v.scrollOffset + v.viewportSize) - 1));
  };

  return { list, box, toEnd, onScroll, away, newest };
}

type Opening = Pick<Parts, 'rows' | 'start'> & {
  list: RefObject<VirtualizerHandle | null>;
  box: RefObject<HTMLDivElement | null>;
  pinned: RefObject<boolean>;
  /** Where the list stood when it was last looked at. */
  offset: RefObject<number>;
  toEnd: () => void;
};

/** What people scroll with. */
const HANDS = ['wheel', 'touchstart', 'pointerdown', 'keydown'] as const;

/**
 * Begins where the unread messages do, else at the end; then follows the end while one is there. Until
 * somebody scrolls, the beginning is held to, also when older messages come in above it meanwhile.
 */
function useOpening({ rows, start, list, box, pinned, offset, toEnd }: Opening): () => void {
  const opened = useRef(false);
  const held = useRef<string | null>(null);
  const end = useRef<string | null>(null);
  const hold = useCallback(() => {
    if (pinned.current && box.current) {
      box.current.scrollTop = box.current.scrollHeight;
      // Else scrolling up right after older messages came in above would look like scrolling down.
      offset.current = box.current.scrollTop;
    }
    if (pinned.current || held.current === null) return;
    const at = rows.findIndex((r) => r.key === held.current);
    if (at >= 0) list.current?.scrollToIndex(at + start, { align: 'start', offset: -ABOVE_NEW });
  }, [rows, start, list, box, pinned, offset]);
  useLayoutEffect(() => {
    if (rows.length === 0) return;
    if (!opened.current) {
      held.current = rows.slice(1).find((r) => r.fresh)?.key ?? null;
      pinned.current = held.current === null;
    }
    opened.current = true;
    const last = rows.at(-1)?.key ?? null;
    // The virtualizer would go there again while it measures older messages, whatever people do meanwhile.
    if (pinned.current && last !== end.current) toEnd();
    else hold();
    end.current = last;
  }, [rows, pinned, toEnd, hold]);

  useEffect(() => {
    const element = box.current;
    const letGo = () => {
      held.current = null;
    };
    for (const hand of HANDS) element?.addEventListener(hand, letGo, { passive: true });
    return () => {
      for (const hand of HANDS) element?.removeEventListener(hand, letGo);
    };
  }, [box]);

  // What this person writes is shown to them, wherever they were reading.
  const last = rows.at(-1);
  const sending = last?.kind === 'pending' ? last.key : undefined;
  useLayoutEffect(() => {
    if (sending) toEnd();
  }, [sending, toEnd]);
  return hold;
}

/**
 * Keeps in view what is held to while rows or the window change size, and looks again: only after the
 * first measuring is it known where rows are and what one can see.
 */
function useResize(box: RefObject<HTMLDivElement | null>, hold: () => void, look: () => void): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let frame = requestAnimationFrame(look);
    const watch = new ResizeObserver(() => {
      hold();
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    });
    watch.observe(element);
    if (element.firstElementChild) watch.observe(element.firstElementChild);
    return () => {
      cancelAnimationFrame(frame);
      watch.disconnect();
    };
  }, [box, hold, look]);
}
