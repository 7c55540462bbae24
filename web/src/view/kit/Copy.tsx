import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, IconButton } from './Button';
import { copyText } from './copy';
import { toast } from './Toasts';

const TICK_MS = 1600;

function useCopy(text: string, what: string) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), TICK_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    const worked = await copyText(text);
    setDone(worked);
    toast(
      worked
        ? `${what.charAt(0).toUpperCase()}${what.slice(1)} copied`
        : 'Copying is not allowed here: select the text and copy it by hand',
    );
  };
  return { done, copy };
}

/** An icon that copies a text and answers with a tick. `what` names the text, as in "Copy API key". */
export function CopyIcon({ text, what }: { text: string; what: string }) {
  const { done, copy } = useCopy(text, what);
  return (
    <IconButton label={`Copy ${what}`} onClick={copy} className={done ? 'done' : ''}>
      {done ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
    </IconButton>
  );
}

/** The same as a button with words. */
export function CopyButton({ text, what, primary = false }: { text: string; what: string; primary?: boolean }) {
  const { done, copy } = useCopy(text, what);
  return (
    <Button
      kind={primary ? 'primary' : 'plain'}
      icon={done ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
      onClick={copy}
    >
      {done ? 'Copied' : `Copy ${what}`}
    </Button>
  );
}
