import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import './popover.css';

type Props = {
  /** What the button shows. */
  trigger: ReactNode;
  /** What the button, and what it opens, is called. */
  label: string;
  /** Shown as the button's tooltip; the label when left out. */
  tip?: string;
  role?: 'dialog' | 'menu';
  className?: string;
  buttonClass?: string;
  children: (close: () => void) => ReactNode;
};

/** A button and what it opens beside itself, on the platform's own popover: Escape and light dismiss for free. */
export function Popover({
  trigger,
  label,
  tip,
  role = 'dialog',
  className = '',
  buttonClass = 'icon-button',
  children,
}: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const [b, p] = [button.current, box.current];
    if (!open || !b || !p) return;
    place(b, p);
    const watch = new ResizeObserver(() => place(b, p));
    watch.observe(p);
    (p.querySelector<HTMLElement>('[role^=menuitem],input,button,a') ?? p).focus();
    return () => watch.disconnect();
  }, [open]);
  return (
    <>
      <button
        type="button"
        ref={button}
        popoverTarget={id}
        aria-haspopup={role}
        aria-expanded={open}
        aria-label={label}
        title={tip ?? label}
        className={buttonClass}
      >
        {trigger}
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: its role is dialog or menu */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: as above */}
      <div
        ref={box}
        id={id}
        popover="auto"
        tabIndex={-1}
        role={role}
        aria-label={label}
        className={`popover ${className}`}
        onKeyDown={role === 'menu' ? (e) => walk(e, box.current) : undefined}
        onToggle={(e) => setOpen(e.newState === 'open')}
      >
        {open && children(() => box.current?.hidePopover())}
      </div>
    </>
  );
}

/** Below the button, or above where there is no room, and never outside the window. */
function place(button: HTMLElement, box: HTMLElement): void {
  const b = button.getBoundingClientRect();
  const p = box.getBoundingClientRect();
  const left = Math.max(8, Math.min(b.left, innerWidth - p.width - 8));
  const below = b.bottom + 4;
  const top = below + p.height + 8 > innerHeight ? Math.max(8, b.top - p.height - 4) : below;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

function walk(e: KeyboardEvent, box: HTMLElement | null): void {
  const items = [...(box?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
  const at = items.indexOf(document.activeElement as HTMLElement);
  const n = items.length;
  const [next, previous] = [(at + 1) % n, (at + n - 1) % n];
  const to = { ArrowDown: next, ArrowRight: next, ArrowUp: previous, ArrowLeft: previous, Home: 0, End: n - 1 }[e.key];
  if (to !== undefined) {
    e.preventDefault();
    items[to]?.focus();
  } else if (e.key === 'Tab') box?.hidePopover();
}

/** One line of a menu. */
export function MenuItem({
  icon,
  danger = false,
  onPick,
  children,
}: {
  icon?: ReactNode;
  danger?: boolean;
  onPick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      className={`menu-item${danger ? ' danger' : ''}`}
      onClick={onPick}
    >
      {icon}
      {children}
    </button>
  );
}
