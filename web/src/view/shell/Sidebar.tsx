import { Plus, Search, UserPlus } from 'lucide-react';
import { useMemo } from 'react';
import { Link, useRoute } from 'wouter';
import { useStore } from 'zustand';
import { otherOf, roomTitle, userName } from '../../state/names';
import { type RoomEntry, sections } from '../../state/roomlist';
import { useDesk, useMe, useSettings } from '../app/context';
import { openOverlay } from '../app/ui';
import { Avatar, RoomSign } from '../kit/Avatar';
import { IconButton } from '../kit/Button';
import { Skeleton } from '../kit/State';
import { count } from '../kit/words';
import { MeMenu } from './MeMenu';
import './sidebar.css';

/** The list of rooms; on a narrow window a drawer that is `open` or not. */
export function Sidebar({ ref, open }: { ref: React.Ref<HTMLElement>; open: boolean }) {
  const { rooms } = useDesk();
  const { teamName } = useSettings();
  const me = useMe();
  const { list, status } = useStore(rooms.store);
  const { groups, direct } = useMemo(() => sections(list), [list]);
  return (
    <nav ref={ref} className={`sidebar${open ? ' open' : ''}`} aria-label="Rooms and people">
      <div className="sidebar-head">
        <img src="./favicon.svg" width={26} height={26} alt="" />
        <strong>{teamName || 'Spika'}</strong>
      </div>
      <button type="button" className="find" onClick={() => openOverlay('switcher')}>
        <Search size={16} aria-hidden />
        <span>Go to room or person</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div className="sidebar-rooms">
        <Section title="Rooms" add="Create a room" onAdd={() => openOverlay('new-room')}>
          {status === 'loading' ? <Skeleton rows={3} label="Loading rooms" /> : <Entries entries={groups} />}
        </Section>
        <Section title="Direct messages" add="Start a direct message" onAdd={() => openOverlay('new-direct')}>
          {status === 'ready' && direct.length === 0 ? (
            <p className="sidebar-hint">Talk to one person in private.</p>
          ) : (
            <Entries entries={direct} />
          )}
        </Section>
      </div>
      {me.role !== 'member' && <PeopleLink />}
      <MeMenu />
    </nav>
  );
}

function PeopleLink() {
  const [here] = useRoute('/people');
  return (
    <Link href="/people" className="sidebar-link" aria-current={here ? 'page' : undefined}>
      <UserPlus size={17} aria-hidden /> Invite and manage people
    </Link>
  );
}

function Section(p: { title: string; add: string; onAdd: () => void; children: React.ReactNode }) {
  return (
    <section>
      <div className="sidebar-section">
        <h2>{p.title}</h2>
        <IconButton label={p.add} onClick={p.onAdd}>
          <Plus size={16} aria-hidden />
        </IconButton>
      </div>
      {p.children}
    </section>
  );
}

const Entries = ({ entries }: { entries: RoomEntry[] }) => (
  <ul>
    {entries.map((entry) => (
      <li key={entry.room.id}>
        <Entry entry={entry} />
      </li>
    ))}
  </ul>
);

function Entry({ entry }: { entry: RoomEntry }) {
  const me = useMe();
  const [here] = useRoute(`/r/${entry.room.id}`);
  const { room, unread } = entry;
  const other = otherOf(room, me.id);
  return (
    <Link
      href={`/r/${room.id}`}
      className={`room-link${unread > 0 ? ' unread' : ''}`}
      aria-current={here ? 'page' : undefined}
    >
      {room.type === 'private' ? (
        <Avatar id={other?.id ?? me.id} name={other ? userName(other) : userName(me)} size="small" />
      ) : (
        <RoomSign />
      )}
      <span className="room-link-name">{roomTitle(room, me.id)}</span>
      {unread > 0 && (
        <span className="unread-count">
          <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
          <span className="out-of-sight">{count(unread, 'unread message')}</span>
        </span>
      )}
    </Link>
  );
}
