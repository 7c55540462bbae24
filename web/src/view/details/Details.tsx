// The side panel of a room: who is in it, and its settings with the API keys.
import { X } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import { useRoom } from '../app/context';
import { openPanel, type Panel, ui } from '../app/ui';
import { IconButton } from '../kit/Button';
import { type Tab, Tabs } from '../kit/Tabs';
import { Members } from './Members';
import { RoomSettings } from './RoomSettings';
import './details.css';

export function Details({ roomId, panel, onClose }: { roomId: number; panel: Panel; onClose: () => void }) {
  const entry = useRoom(roomId);
  const box = useRef<HTMLElement>(null);
  useFocusOnOpening(box);
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

/** Takes the focus when it was opened, and gives it back when it closes. */
function useFocusOnOpening(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    if (!ui.getState().panelWantsFocus) return;
    ui.setState({ panelWantsFocus: false });
    const before = document.activeElement as HTMLElement | null;
    const panel = box.current;
    panel?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
    return () => {
      const now = document.activeElement;
      if (!now || now === document.body || panel?.contains(now)) before?.focus();
    };
  }, [box]);
}
