import { useId } from 'react';
import { CopyButton } from '../kit/Copy';
import { fromNow } from '../kit/words';

/** A link that is shown only now, to be handed to somebody. */
export function HandOut({ url, label, expiresAt }: { url: string; label: string; expiresAt: number }) {
  const id = useId();
  return (
    <div className="hand-out">
      <p className="label" id={id}>
        {label}
      </p>
      <div className="hand-out-line">
        <input
          className="input"
          readOnly
          value={url}
          aria-labelledby={id}
          onFocus={(e) => e.target.select()}
          // biome-ignore lint/a11y/noAutofocus: it is what was asked for
          autoFocus
        />
        <CopyButton text={url} what="link" primary />
      </div>
      <p className="field-hint">It ends {fromNow(expiresAt)}. Copy it now: it cannot be shown again.</p>
    </div>
  );
}
