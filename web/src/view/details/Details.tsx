// The side panel of a room: who is in it, and its settings with the API keys.
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useRoom } from '../app/context';
import { openPanel, type Panel } from '../app/ui';
import { IconButton } from '../kit/Button';
import { type Tab, Tabs } from '../kit/Tabs';
import { Members } from './Members';
import { RoomSettings } from './RoomSettings';
import './details.css';

const slidesOver = matchMedia('(max-width: 1099px)');

export function Details({ roomId, panel, onClose }: { roomId: number; panel: Panel; onClose: () => void }) {
  const entry = useRoom(roomId);
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!slidesOver.matches) return;
    const before = document.activeElement as HTMLElement | null;
    box.current?.querySelector<HTMLElement>('button')?.focus();
    return () => before?.focus();
  }, []);
  if (!entry) return null;
  const { room } = entry;
  const tabs: Tab<Panel>[] = [
    { key: 'members', label: 'Members', body: () => <Members room={room} /> },
    { key: 'settings', label: 'Settings', body: () => <RoomSettings room={room} onGone={onClose} /> },
  ];
  return (
    <aside
      ref={box}
      className="details"
      aria-label="Room details"
      onKeyDown={(e) => {
        const inside = (e.target as HTMLElement).closest('dialog,[popover],input,textarea');
        if (e.key === 'Escape' && !inside) onClose();
      }}
    >
      <header className="details-head">
        <h2>Details</h2>
        <IconButton label="Close details" onClick={onClose}>
          <X size={18} aria-hidden />
        </IconButton>
      </header>
      <Tabs label="Room details" tabs={tabs} open={panel} onOpen={openPanel} className="details-tabs" />
    </aside>
  );
}
