import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { IconButton } from './Button';
import './dialog.css';

/** A modal dialog. It is open as long as it is mounted; Escape and a click beside it close it. */
export function Dialog({
  title,
  onClose,
  children,
  className = '',
  bare = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
  /** Without a visible heading; the title names it for those who listen. */
  bare?: boolean;
}) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // What one came for: the first field, or the first answer to a question; not the button that closes.
    dialog.querySelector<HTMLElement>('input:not([hidden]),.dialog-actions button')?.focus();
    return () => dialog.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={box}
      aria-labelledby={id}
      className={`dialog ${className}`}
      onClose={onClose}
      onClick={(e) => e.target === box.current && onClose()}
    >
      <div className="dialog-inside">
        {bare ? (
          <h2 id={id} className="out-of-sight">
            {title}
          </h2>
        ) : (
          <header className="dialog-head">
            <h2 id={id}>{title}</h2>
            <IconButton label="Close" onClick={onClose}>
              <X size={18} aria-hidden />
            </IconButton>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}
