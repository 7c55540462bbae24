import { useCallback, useRef, useState } from 'react';
import { asFailure } from '../../api/http';

/** One thing at a time that may take a while and may fail: whether it runs, and what went wrong. */
export function useTask() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const running = useRef(false);
  const run = useCallback(async (work: () => Promise<unknown>): Promise<boolean> => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await work();
      return true;
    } catch (e) {
      const failure = asFailure(e);
      const wait = failure.retryAfter ? ` Try again in ${Math.ceil(failure.retryAfter / 60)} min.` : '';
      setProblem(sentence(failure.message) + wait);
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  return { busy, problem, run, setProblem };
}

/** The server's words with a capital and a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  const start = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
