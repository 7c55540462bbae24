import { useEffect, useState } from 'react';
import { summary } from '../../state/summary';
import { useDesk } from '../app/context';
import { count } from '../kit/words';

const PAUSE_MS = 700;
const LONGEST = 160;

/**
 * The one place where new messages of the open room are read aloud. Politely, and of a burst only the
 * last one with how many came before it.
 */
export function Announcer() {
  const { attention } = useDesk();
  const [text, setText] = useState('');
  useEffect(() => {
    let waiting = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = attention.arrival.subscribe(({ message, more }) => {
      if (!message) return;
      waiting += more + 1;
      clearTimeout(timer);
      timer = setTimeout(() => {
        const before = waiting > 1 ? `${count(waiting - 1, 'more message')}, then ` : '';
        setText(`${before}${message.senderName}: ${summary(message).slice(0, LONGEST)}`);
        waiting = 0;
      }, PAUSE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [attention]);
  return (
    <div className="out-of-sight" aria-live="polite">
      {text}
    </div>
  );
}
