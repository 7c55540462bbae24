import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { openDrawer, useUi } from '../app/ui';
import { useNarrow } from './useNarrow';

/**
 * Whether the list of rooms lies over the conversation. While it does, the focus stays in it, Escape puts
 * it away, and so does going somewhere.
 */
export function useDrawer(box: React.RefObject<HTMLElement | null>): boolean {
  const narrow = useNarrow();
  const wanted = useUi((s) => s.drawer);
  const [location] = useLocation();
  const open = narrow && wanted;
  // biome-ignore lint/correctness/useExhaustiveDependencies: put away whenever the address changes
  useEffect(() => openDrawer(false), [location, narrow]);
  useEffect(() => {
    if (!open) return;
    const inside = box.current;
    (inside?.querySelector<HTMLElement>('[aria-current]') ?? inside?.querySelector<HTMLElement>('a,button'))?.focus();
    const press = (e: KeyboardEvent) => {
      if (e.key === 'Escape' && !(e.target as HTMLElement).closest('[popover]')) openDrawer(false);
    };
    addEventListener('keydown', press);
    return () => {
      removeEventListener('keydown', press);
      // Only if the focus was left nowhere: a dialog opened from the drawer keeps it.
      requestAnimationFrame(() => {
        const { activeElement: now } = document;
        if (!now || now === document.body || inside?.contains(now)) {
          document.querySelector<HTMLElement>('[data-menu]')?.focus();
        }
      });
    };
  }, [open, box]);
  return open;
}
