// The scrolling list: it stays at the end while one is at the end, never moves what one reads, and
// fetches older messages before one gets there.
import { ArrowDown } from 'lucide-react';
import { type ReactNode, useLayoutEffect, useMemo, useRef } from 'react';
import { Virtualizer } from 'virtua';
import type { Row } from '../../state/rows';
import { Button } from '../kit/Button';
import { count } from '../kit/words';
import { newBelow } from './list';
import { useListScroll } from './useListScroll';
import { useRoving } from './useRoving';
import './list.css';

export type Place = { index: number; total: number; focusable: boolean };

type Item = { key: string; row: Row | null };

type Props = {
  label: string;
  rows: readonly Row[];
  /** What stands above the first message, once it is here. */
  beginning: ReactNode | null;
  loadingOlder: 'idle' | 'loading' | 'failed';
  onTop: () => void;
  /** How far down one can see: to this message, which is the end or not. */
  onLook: (upTo: number, atEnd: boolean) => void;
  children: (row: Row, place: Place) => ReactNode;
};

export function MessageList({ label, rows, beginning, loadingOlder, onTop, onLook, children }: Props) {
  const hasBeginning = beginning !== null;
  const items = useMemo<Item[]>(() => {
    const all: Item[] = rows.map((row) => ({ key: row.key, row }));
    return hasBeginning ? [{ key: 'beginning', row: null }, ...all] : all;
  }, [rows, hasBeginning]);
  const keys = useMemo(() => items.map((i) => i.key), [items]);
  const start = items.length - rows.length;
  const shift = usePrepended(keys);
  const { list, box, toEnd, onScroll, away, newest } = useListScroll({ rows, start, loadingOlder, onTop, onLook });
  const { walk, took, focused, focusable } = useRoving({ keys, start, list, box, newest });
  return (
    <div className="list-place">
      <OlderState state={loadingOlder} onAgain={onTop} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: hears of keys and focus on its articles */}
      <div ref={box} className="list" onKeyDown={walk} onFocus={took}>
        <div role="feed" aria-label={label} aria-busy={loadingOlder === 'loading'} className="list-rows">
          <Virtualizer
            ref={list}
            data={items}
            shift={shift}
            bufferSize={600}
            scrollRef={box}
            keepMounted={focused >= 0 ? [focused] : undefined}
            onScroll={onScroll}
          >
            {(item, i) => (
              <div key={item.key}>
                {item.row
                  ? children(item.row, { index: i - start, total: rows.length, focusable: i === focusable })
                  : beginning}
              </div>
            )}
          </Virtualizer>
        </div>
      </div>
      {away !== null && <Jump below={newBelow(rows, away)} onJump={toEnd} />}
    </div>
  );
}

function OlderState({ state, onAgain }: { state: Props['loadingOlder']; onAgain: () => void }) {
  if (state === 'loading') return <div className="older-bar" role="progressbar" aria-label="Loading older messages" />;
  if (state === 'idle') return null;
  return (
    <div className="older-failed" role="alert">
      Older messages could not be loaded.{' '}
      <Button kind="link" onClick={onAgain}>
        Try again
      </Button>
    </div>
  );
}

const Jump = ({ below, onJump }: { below: number; onJump: () => void }) => (
  <button type="button" className={`jump${below > 0 ? ' has-new' : ''}`} onClick={onJump}>
    <ArrowDown size={15} aria-hidden /> {below > 0 ? count(below, 'new message') : 'Latest messages'}
  </button>
);

/** Whether rows were put in front since the last render: then what is below must not move. */
function usePrepended(keys: readonly string[]): boolean {
  const before = useRef<readonly string[]>(keys);
  const first = before.current[0];
  const prepended = before.current !== keys && first !== undefined && keys[0] !== first && keys.includes(first);
  useLayoutEffect(() => {
    before.current = keys;
  }, [keys]);
  return prepended;
}
