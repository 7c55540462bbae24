import { Settings, Users } from 'lucide-react';
import { otherOf, peopleOf, roomTitle, userName } from '../../state/names';
import { useMe, useRoom } from '../app/context';
import { openPanel, type Panel, useUi } from '../app/ui';
import { Avatar, RoomSign } from '../kit/Avatar';
import { IconButton } from '../kit/Button';
import { count } from '../kit/words';
import { MenuButton } from '../shell/MenuButton';

export function RoomHeader({ roomId }: { roomId: number }) {
  const entry = useRoom(roomId);
  const me = useMe();
  const panel = useUi((s) => s.panel);
  if (!entry) return null;
  const { room } = entry;
  const other = otherOf(room, me.id);
  const people = peopleOf(room).length;
  const toggle = (to: Panel) => openPanel(panel === to ? null : to);
  return (
    <header className="room-header">
      <MenuButton />
      {room.type === 'private' ? (
        <Avatar id={other?.id ?? me.id} name={other ? userName(other) : userName(me)} size="small" />
      ) : (
        <RoomSign />
      )}
      <h1>{roomTitle(room, me.id)}</h1>
      <span className="room-header-space" />
      {room.type !== 'private' && (
        <button
          type="button"
          className="icon-button"
          aria-label={`Members: ${count(people, 'person', 'people')}`}
          title="Members"
          aria-pressed={panel === 'members'}
          onClick={() => toggle('members')}
        >
          <Users size={17} aria-hidden /> <span aria-hidden="true">{people}</span>
        </button>
      )}
      <IconButton
        label="Room settings and API keys"
        aria-pressed={panel === 'settings'}
        onClick={() => toggle('settings')}
      >
        <Settings size={18} aria-hidden />
      </IconButton>
    </header>
  );
}
