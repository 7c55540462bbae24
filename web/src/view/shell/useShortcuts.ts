import { useEffect } from 'react';
import { useLocation, useRoute } from 'wouter';
import { nextUnread } from '../../state/roomlist';
import { useDesk } from '../app/context';
import { openOverlay, ui } from '../app/ui';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.matches('input,textarea,select') || target.isContentEditable);

/** The keys that work everywhere. They are listed for people in Shortcuts.tsx. */
export function useShortcuts(): void {
  const { rooms } = useDesk();
  const [, go] = useLocation();
  const [, params] = useRoute('/r/:id');
  const here = params ? Number(params.id) : null;
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      if (e.isComposing) return;
      if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        openOverlay(ui.getState().overlay === 'switcher' ? null : 'switcher');
      } else if (e.altKey && e.shiftKey && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) {
        e.preventDefault();
        const next = nextUnread(rooms.list, here, e.key === 'ArrowDown' ? 1 : -1);
        if (next !== null) go(`/r/${next}`);
      } else if (e.key === '?' && !e.ctrlKey && !e.metaKey && !typing(e.target)) {
        e.preventDefault();
        openOverlay('shortcuts');
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [rooms, here, go]);
}
