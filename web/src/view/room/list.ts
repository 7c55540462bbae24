// Small questions about the rows of a list.
import type { Row } from '../../state/rows';

/** The id of the newest stored message at or before this row; 0 when there is none. */
export function lastIdUpTo(rows: readonly Row[], index: number): number {
  for (let i = Math.min(index, rows.length - 1); i >= 0; i--) {
    const row = rows[i];
    if (row?.kind === 'message') return row.message.id;
  }
  return 0;
}

/** How many messages stand below the one with this id. */
export function newBelow(rows: readonly Row[], id: number): number {
  let n = 0;
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i];
    if (row?.kind !== 'message') continue;
    if (row.message.id <= id) break;
    n++;
  }
  return n;
}
