// One room on screen, or why it cannot be.
import { CircleSlash, Trash2 } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { useStore } from 'zustand';
import { roomTitle } from '../../state/names';
import type { Gone } from '../../state/roomlist';
import { emptyTimeline } from '../../state/timeline';
import { useDesk, useMe, useRoom } from '../app/context';
import { openPanel, useUi } from '../app/ui';
import { Details } from '../details/Details';
import { Button } from '../kit/Button';
import { Empty, Skeleton } from '../kit/State';
import { DropHere } from '../media/Tray';
import { MenuButton } from '../shell/MenuButton';
import { Banner } from './Banner';
import { Composer } from './Composer';
import { Conversation } from './Conversation';
import { RoomHeader } from './RoomHeader';
import './room.css';

export function RoomScreen({ roomId }: { roomId: number }) {
  const { rooms } = useDesk();
  const entry = useRoom(roomId);
  const status = useStore(rooms.store, (s) => s.status);
  const gone = useStore(rooms.store, (s) => s.list.gone.get(roomId));
  if (entry) return <OpenRoom roomId={roomId} />;
  if (status === 'loading') {
    return (
      <main id="main" className="main">
        <h1 className="out-of-sight">Loading the room</h1>
        <Skeleton rows={7} label="Loading the room" />
      </main>
    );
  }
  if (status === 'failed') return <RoomsFailed />;
  return <NoRoom why={gone ?? 'unknown'} />;
}

const PlainHeader = ({ title }: { title: string }) => (
  <header className="room-header">
    <MenuButton />
    <h1>{title}</h1>
  </header>
);

function RoomsFailed() {
  const { rooms, live } = useDesk();
  const trouble = useStore(rooms.store, (s) => s.trouble);
  return (
    <main id="main" className="main">
      <PlainHeader title="Room" />
      <Empty title="Your rooms could not be loaded" action={<Button onClick={() => live.fetchAll()}>Try again</Button>}>
        {trouble}
      </Empty>
    </main>
  );
}

const reasons: Record<Gone | 'unknown', { title: string; text: string }> = {
  deleted: {
    title: 'This room was deleted',
    text: 'An admin of the room deleted it. Nobody can post in it any more.',
  },
  removed: {
    title: 'You are not in this room any more',
    text: 'You left it or were removed from it. An admin of the room can add you again.',
  },
  unknown: {
    title: 'You are not in this room',
    text: 'It does not exist, or you are not a member of it. Ask somebody in it to add you.',
  },
};

function NoRoom({ why }: { why: Gone | 'unknown' }) {
  const { title, text } = reasons[why];
  return (
    <main id="main" className="main">
      <PlainHeader title="Room not available" />
      <Empty
        icon={why === 'deleted' ? <Trash2 size={24} /> : <CircleSlash size={24} />}
        title={title}
        action={
          <Link href="/" className="button primary">
            Go to your rooms
          </Link>
        }
      >
        {text}
      </Empty>
    </main>
  );
}

function OpenRoom({ roomId }: { roomId: number }) {
  const { attention, timelines } = useDesk();
  const panel = useUi((s) => s.panel);
  const main = useRef<HTMLElement>(null);
  const room = useRoom(roomId)?.room;
  const me = useMe();
  const [entered, setEntered] = useState(false);
  const timeline = useStore(timelines.store, (s) => s.get(roomId)) ?? emptyTimeline;
  useLayoutEffect(() => {
    void attention.enter(roomId);
    setEntered(true);
    return () => void attention.enter(null);
  }, [attention, roomId]);
  return (
    <div className={`room${panel ? ' with-details' : ''}`}>
      <main id="main" className="main" ref={main}>
        {room && <DropHere roomId={roomId} name={roomTitle(room, me.id)} on={main} />}
        <RoomHeader roomId={roomId} />
        <Banner />
        {entered && timeline.status === 'ready' ? (
          <Conversation roomId={roomId} timeline={timeline} />
        ) : (
          <Waiting roomId={roomId} />
        )}
        <Composer roomId={roomId} />
      </main>
      {panel && <Details roomId={roomId} panel={panel} onClose={() => openPanel(null)} />}
    </div>
  );
}

function Waiting({ roomId }: { roomId: number }) {
  const { timelines } = useDesk();
  const timeline = useStore(timelines.store, (s) => s.get(roomId));
  if (timeline?.status === 'failed') {
    return (
      <Empty
        title="The messages could not be loaded"
        action={<Button onClick={() => timelines.refresh(roomId)}>Try again</Button>}
      >
        {timeline.trouble?.message}
      </Empty>
    );
  }
  return (
    <div className="waiting">
      <Skeleton rows={7} label="Loading messages" />
    </div>
  );
}
