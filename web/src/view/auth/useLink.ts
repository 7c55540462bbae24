import { useEffect, useState } from 'react';
import { asFailure } from '../../api/http';
import type { LinkInfo } from '../../api/wire';
import { useApp } from '../app/context';

export type LinkCheck = { state: 'checking' | 'gone' | 'failed' } | { state: 'good'; info: LinkInfo };

/** The token after `#` in this page's address, and what its link is good for. */
export function useLink(kind: LinkInfo['kind']): { token: string; check: LinkCheck; again: () => void } {
  const { api } = useApp();
  const [token] = useState(() => location.hash.slice(1));
  const [turn, setTurn] = useState(0);
  const [check, setCheck] = useState<LinkCheck>({ state: token ? 'checking' : 'gone' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks again
  useEffect(() => {
    if (!token) return;
    let current = true;
    api.inspectLink(token).then(
      (info) => current && setCheck(info.kind === kind ? { state: 'good', info } : { state: 'gone' }),
      (e) => current && setCheck({ state: asFailure(e).passing ? 'failed' : 'gone' }),
    );
    return () => {
      current = false;
    };
  }, [api, token, kind, turn]);
  return { token, check, again: () => setTurn((n) => n + 1) };
}
