import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import './button.css';

type Kind = 'primary' | 'plain' | 'danger' | 'link';

/** A button with words. While `busy` it shows so and takes no clicks. */
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
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
    >
      {busy ? <LoaderCircle size={16} className="spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}

/** A button that is an icon; the label is what it does. */
export function IconButton({ label, className = '', ...rest }: ComponentProps<'button'> & { label: string }) {
  return <button type="button" aria-label={label} title={label} {...rest} className={`icon-button ${className}`} />;
}
