import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import './tabs.css';

export type Tab<K extends string> = { key: K; label: ReactNode; body: () => ReactNode };

/** Tabs that follow the arrow keys. Which one is open is the caller's to say. */
export function Tabs<K extends string>({
  label,
  tabs,
  open,
  onOpen,
  className = '',
}: {
  label: string;
  tabs: readonly Tab<K>[];
  open: K;
  onOpen: (key: K) => void;
  className?: string;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const now = tabs.find((t) => t.key === open) ?? tabs[0];
  const walk = (e: KeyboardEvent) => {
    const at = tabs.findIndex((t) => t.key === now?.key);
    const n = tabs.length;
    const to = { ArrowRight: (at + 1) % n, ArrowLeft: (at + n - 1) % n, Home: 0, End: n - 1 }[e.key];
    const tab = to === undefined ? undefined : tabs[to];
    if (to === undefined || !tab) return;
    e.preventDefault();
    onOpen(tab.key);
    (list.current?.children[to] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className={`tabs ${className}`}>
      <div role="tablist" aria-label={label} ref={list} onKeyDown={walk} className="tab-list">
        {tabs.map((t) => (
          <button
            type="button"
            key={t.key}
            role="tab"
            id={`${id}-${t.key}`}
            aria-controls={`${id}-panel`}
            aria-selected={t.key === now?.key}
            tabIndex={t.key === now?.key ? 0 : -1}
            onClick={() => onOpen(t.key)}
          >
            {t.label}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${now?.key}`} tabIndex={0} className="tab-panel">
        {now?.body()}
      </div>
    </div>
  );
}
