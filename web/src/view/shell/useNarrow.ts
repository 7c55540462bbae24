import { useSyncExternalStore } from 'react';

const query = matchMedia('(max-width: 720px)');

/** Whether the window is as narrow as a phone: then one thing fills it at a time. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    (changed) => {
      query.addEventListener('change', changed);
      return () => query.removeEventListener('change', changed);
    },
    () => query.matches,
  );
