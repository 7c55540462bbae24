import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import './button.css';

type Kind = 'primary' | 'plain' | 'danger' | 'link';

/** A button with words. While `busy` it shows so and takes no clicks, but keeps the focus. */
export function Button({
  kind = 'plain',
  busy = false,
  wide = false,
  icon,
  children,
  ...rest
}: ComponentProps<'button'> & { kind?: Kind; busy?: boolean; wide?: boolean; icon?: ReactNode }) {
  return (
    <button
      type="button"
      {...rest}
      className={`button ${kind}${wide ? ' wide' : ''}`}
      onClick={busy ? ignore : rest.onClick}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
    >
      {busy ? <LoaderCircle size={16} className="spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}

/** Sends no form either. */
const ignore = (e: MouseEvent) => e.preventDefault();

/** A button that is an icon; the label is what it does. */
export function IconButton({ label, className = '', ...rest }: ComponentProps<'button'> & { label: string }) {
  return <button type="button" aria-label={label} title={label} {...rest} className={`icon-button ${className}`} />;
}
