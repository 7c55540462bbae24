import { type ReactNode, useEffect, useState } from 'react';
import './state.css';

/** What a place is for when there is nothing in it, or what went wrong, and the way on. */
export function Empty({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="empty">
      {icon && (
        <span className="empty-icon" aria-hidden="true">
          {icon}
        </span>
      )}
      <p className="empty-title">{title}</p>
      {children && <p className="empty-text">{children}</p>}
      {action}
    </div>
  );
}

const PATIENCE_MS = 200;

/** Grey shapes where content will stand, shown only when it takes a while. */
export function Skeleton({ rows, label }: { rows: number; label: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {late &&
        Array.from({ length: rows }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the shapes are all alike
          <span key={i} className="skeleton-row">
            <i className="skeleton-face" />
            <i className="skeleton-lines" />
          </span>
        ))}
    </div>
  );
}

/** A thin ring that turns. */
export const Spinner = ({ label }: { label: string }) => (
  <span className="spinner" role="status">
    <span className="out-of-sight">{label}</span>
  </span>
);
