import { Ellipsis, LogOut, Search, ShieldCheck, ShieldOff, UserMinus, UserPlus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { Member, Room } from '../../api/wire';
import { botsOf, canManage, peopleOf, userName } from '../../state/names';
import { useApp, useDesk, useMe } from '../app/context';
import { Avatar } from '../kit/Avatar';
import { Button } from '../kit/Button';
import { MenuItem, Popover } from '../kit/Popover';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { count } from '../kit/words';
import { AddPeople } from './AddPeople';
import { Leave } from './Leave';
import './members.css';

/** From here on a list is worth searching. */
const MANY = 12;

export function Members({ room }: { room: Room }) {
  const me = useMe();
  const [dialog, setDialog] = useState<'add' | 'leave' | null>(null);
  const [find, setFind] = useState('');
  const manager = canManage(room, me.id) && room.type !== 'private';
  const people = useMemo(() => sorted(peopleOf(room), me.id), [room, me.id]);
  const bots = botsOf(room);
  const shown = people.filter((m) => userName(m.user).toLowerCase().includes(find.trim().toLowerCase()));
  return (
    <div className="members">
      <div className="details-section-head">
        <h3>{count(people.length, 'person', 'people')}</h3>
        {manager && (
          <Button icon={<UserPlus size={15} aria-hidden />} onClick={() => setDialog('add')}>
            Add people
          </Button>
        )}
      </div>
      {people.length > MANY && <Find value={find} onValue={setFind} />}
      <ul>
        {shown.map((m) => (
          <Person key={m.userId} member={m} room={room} manager={manager} />
        ))}
      </ul>
      {bots.length > 0 && (
        <section>
          <h3>{count(bots.length, 'bot')}</h3>
          <ul>
            {bots.map((m) => (
              <li key={m.userId} className="member">
                <Avatar id={m.userId} name={userName(m.user)} bot />
                <span className="member-name">
                  <span>{userName(m.user)}</span>
                  <small>Posts with an API key</small>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {room.type !== 'private' && (
        <Button icon={<LogOut size={15} aria-hidden />} onClick={() => setDialog('leave')}>
          Leave room
        </Button>
      )}
      {dialog === 'add' && <AddPeople room={room} onClose={() => setDialog(null)} />}
      {dialog === 'leave' && <Leave room={room} onClose={() => setDialog(null)} />}
    </div>
  );
}

function Find({ value, onValue }: { value: string; onValue: (v: string) => void }) {
  return (
    <div className="find-in">
      <Search size={15} aria-hidden />
      <input
        className="input"
        type="search"
        placeholder="Find in this room"
        aria-label="Find in this room"
        value={value}
        onChange={(e) => onValue(e.target.value)}
      />
    </div>
  );
}

/** Oneself first, then admins, then everyone by name. */
function sorted(members: Member[], meId: number): Member[] {
  const rank = (m: Member) => (m.userId === meId ? 0 : m.isAdmin ? 1 : 2);
  return [...members].sort((a, b) => rank(a) - rank(b) || userName(a.user).localeCompare(userName(b.user)));
}

function Person({ member, room, manager }: { member: Member; room: Room; manager: boolean }) {
  const me = useMe();
  const name = userName(member.user);
  const mine = member.userId === me.id;
  const said = [room.type !== 'private' && member.isAdmin && 'Room admin', mine && 'You'].filter(Boolean).join(' · ');
  return (
    <li className="member">
      <Avatar id={member.userId} name={name} />
      <span className="member-name">
        <span>{name}</span>
        {said && <small>{said}</small>}
      </span>
      {!mine && <PersonMenu member={member} room={room} manager={manager} />}
    </li>
  );
}

type Action = 'addGroupAdmins' | 'removeGroupAdmins' | 'removeGroupUsers';

function PersonMenu({ member, room, manager }: { member: Member; room: Room; manager: boolean }) {
  const { api } = useApp();
  const { rooms, openPrivate } = useDesk();
  const [, go] = useLocation();
  const { run } = useTask();
  const name = userName(member.user);
  const update = (action: Action, said: string) =>
    run(async () => {
      rooms.put(await api.updateRoom(room.id, { action, userIds: [member.userId] }));
      toast(said);
    }).then((done) => done || toast(`That did not work for ${name}. Try again.`));
  const talk = () => run(async () => go(`/r/${(await openPrivate(member.userId)).id}`));
  if (room.type === 'private') return null;
  return (
    <Popover role="menu" label={`Actions for ${name}`} trigger={<Ellipsis size={17} aria-hidden />}>
      {(close) => {
        const then = (work: () => unknown) => () => {
          close();
          work();
        };
        return (
          <>
            <MenuItem onPick={then(talk)}>Send a direct message</MenuItem>
            {manager && <div className="menu-line" />}
            {manager && !member.isAdmin && (
              <MenuItem
                icon={<ShieldCheck size={16} aria-hidden />}
                onPick={then(() => update('addGroupAdmins', `${name} is a room admin now`))}
              >
                Make room admin
              </MenuItem>
            )}
            {manager && member.isAdmin && (
              <MenuItem
                icon={<ShieldOff size={16} aria-hidden />}
                onPick={then(() => update('removeGroupAdmins', `${name} is not a room admin any more`))}
              >
                Remove as room admin
              </MenuItem>
            )}
            {manager && (
              <MenuItem
                danger
                icon={<UserMinus size={16} aria-hidden />}
                onPick={then(() => update('removeGroupUsers', `${name} was removed from the room`))}
              >
                Remove from room
              </MenuItem>
            )}
          </>
        );
      }}
    </Popover>
  );
}
