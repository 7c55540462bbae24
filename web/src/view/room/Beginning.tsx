import { KeyRound, UserPlus } from 'lucide-react';
import type { Room } from '../../api/wire';
import { canManage, canManageKeys, otherOf, roomTitle, userName } from '../../state/names';
import { useMe } from '../app/context';
import { openPanel } from '../app/ui';
import { Avatar, RoomSign } from '../kit/Avatar';
import { Button } from '../kit/Button';

/** What stands above a room's first message: what the place is for, and what to do first. */
export function Beginning({ room }: { room: Room }) {
  const me = useMe();
  const other = otherOf(room, me.id);
  const title = roomTitle(room, me.id);
  return (
    <article className="beginning" data-key="beginning" tabIndex={-1} aria-labelledby="beginning">
      {other ? <Avatar id={other.id} name={userName(other)} size="large" /> : <RoomSign size="large" />}
      <h2 id="beginning">{title}</h2>
      <p>
        {room.type === 'private'
          ? `This is the beginning of what you and ${title} wrote to each other.`
          : `This is the beginning of ${title}. Everyone in the room sees what is written here, by people and by code.`}
      </p>
      <div className="beginning-actions">
        {canManageKeys(room, me) && (
          <Button icon={<KeyRound size={15} aria-hidden />} onClick={() => openPanel('settings')}>
            Post from your code
          </Button>
        )}
        {room.type !== 'private' && canManage(room, me.id) && (
          <Button icon={<UserPlus size={15} aria-hidden />} onClick={() => openPanel('members')}>
            Add people
          </Button>
        )}
      </div>
    </article>
  );
}
