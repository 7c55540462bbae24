import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { isRead, unreadRooms } from '../../state/roomlist';
import { useApp, useDesk } from '../app/context';
import { openOverlay } from '../app/ui';

/** Goes where a notification leads, and takes back those of messages that are read by now. */
export function useNotified(): void {
  const { door } = useApp();
  const { attention, notifications, rooms } = useDesk();
  const [, go] = useLocation();
  useEffect(
    () =>
      door.answer({
        open(roomId) {
          openOverlay(null);
          go(roomId === null ? '/' : `/r/${roomId}`);
        },
        reads: (roomId) => attention.reads(roomId),
      }),
    [door, attention, go],
  );
  const on = useStore(notifications.store, (s) => s.status === 'on');
  const unread = useStore(rooms.store, (s) => (s.status === 'ready' ? unreadRooms(s.list).join() : null));
  const before = useRef<string[] | null>(null);
  useEffect(() => {
    if (!on || unread === null) return;
    const now = unread.split(',').filter(Boolean);
    const last = before.current;
    before.current = now;
    // Not as a message comes: Chromium forgets a notification that is shown while it lists those on show.
    if (last?.every((id) => now.includes(id))) return;
    const read = (roomId: number | null, messageId: number | null) =>
      roomId !== null && messageId !== null && isRead(rooms.list, roomId, messageId);
    void door.takeBack(read).catch(() => {});
  }, [door, on, rooms, unread]);
}
