import type { Keep } from '../../state/store';

export type Theme = 'system' | 'light' | 'dark';

/** Read by public/theme.js before the first paint, under the same name. */
const KEY = 'spika.theme';

export function theme(keep: Keep): Theme {
  const kept = keep.get(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

/** Changes how the app looks, here at once and on this browser's later visits. */
export function setTheme(keep: Keep, to: Theme): void {
  keep.set(KEY, to === 'system' ? null : to);
  if (to === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = to;
}
