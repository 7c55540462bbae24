import { useCallback, useMemo } from 'react';
import { useStore } from 'zustand';
import { roomTitle } from '../../state/names';
import { buildRows, type Row } from '../../state/rows';
import type { Timeline } from '../../state/timeline';
import { useDesk, useMe, useRoom } from '../app/context';
import { Beginning } from './Beginning';
import { MessageList } from './MessageList';
import { MessageRow } from './MessageRow';
import { PendingRow } from './PendingRow';

/** The messages of a room, with what is still on its way. */
export function Conversation({ roomId, timeline }: { roomId: number; timeline: Timeline }) {
  const { outbox, uploads, timelines, attention } = useDesk();
  const me = useMe();
  const entry = useRoom(roomId);
  const written = useStore(outbox.store);
  const files = useStore(uploads.store);
  const pending = useMemo(() => [...written, ...files].filter((p) => p.roomId === roomId), [written, files, roomId]);
  const { messages, newFrom, older } = timeline;
  const rows = useMemo(() => buildRows(messages, pending, newFrom, me), [messages, pending, newFrom, me]);
  const onTop = useCallback(() => timelines.older(roomId), [timelines, roomId]);
  const onLook = useCallback(
    (upTo: number, atEnd: boolean) => attention.look(roomId, upTo, atEnd),
    [attention, roomId],
  );
  if (!entry) return null;
  const beginning = older === null ? <Beginning room={entry.room} /> : null;
  return (
    <MessageList
      label={`Messages in ${roomTitle(entry.room, me.id)}`}
      rows={rows}
      beginning={beginning}
      loadingOlder={timeline.olderStatus}
      onTop={onTop}
      onLook={onLook}
    >
      {(row, place) => <OneRow row={row} last={endsGroup(rows, place.index)} {...place} />}
    </MessageList>
  );
}

/** Whether the next row opens a new group: then this one carries the group's state. */
const endsGroup = (rows: readonly Row[], index: number): boolean => rows[index + 1]?.head ?? true;

function OneRow({
  row,
  last,
  ...place
}: {
  row: Row;
  last: boolean;
  index: number;
  total: number;
  focusable: boolean;
}) {
  return row.kind === 'message' ? (
    <MessageRow message={row.message} head={row.head} day={row.day} fresh={row.fresh} last={last} {...place} />
  ) : (
    <PendingRow pending={row.pending} head={row.head} day={row.day} {...place} />
  );
}
