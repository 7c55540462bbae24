// The frame around everything a signed-in person sees: rooms at the side, one screen in the middle.
import { lazy, Suspense, useEffect, useRef } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { useStore } from 'zustand';
import { sections, totalUnread } from '../../state/roomlist';
import { useApp, useDesk, useSettings } from '../app/context';
import { openDrawer, openOverlay, useUi } from '../app/ui';
import { Button } from '../kit/Button';
import { Empty, Skeleton } from '../kit/State';
import { NotFound } from '../notfound/NotFound';
import { RoomScreen } from '../room/RoomScreen';
import { Announcer } from './Announcer';
import { MenuButton } from './MenuButton';
import { Sidebar } from './Sidebar';
import { useAttending } from './useAttending';
import { useDrawer } from './useDrawer';
import { useNotified } from './useNotified';
import { useShortcuts } from './useShortcuts';
import './shell.css';

const People = lazy(() => import('../people/People'));
const Overlays = lazy(() => import('../overlays/Overlays'));

const LAST_ROOM = 'spika.lastRoom';

export function Shell() {
  const overlay = useUi((s) => s.overlay);
  const sidebar = useRef<HTMLElement>(null);
  const drawer = useDrawer(sidebar);
  useShortcuts();
  useTitle();
  useAttending();
  useNotified();
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={skip}>
        Skip to the conversation
      </button>
      <Sidebar ref={sidebar} open={drawer} />
      {drawer && <div className="drawer-scrim" onPointerDown={() => openDrawer(false)} />}
      <div className="content" inert={drawer}>
        <Switch>
          <Route path="/">
            <Home />
          </Route>
          <Route path="/r/:id">{({ id }) => <RoomRoute id={id} />}</Route>
          <Route path="/people">
            <Suspense fallback={<main id="main" className="main" />}>
              <People />
            </Suspense>
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </div>
      <Announcer />
      {overlay && (
        <Suspense>
          <Overlays open={overlay} onClose={() => openOverlay(null)} />
        </Suspense>
      )}
    </div>
  );
}

/** A button, because a link to a fragment would leave the page: its addresses start at its base. */
function skip() {
  const target = document.querySelector<HTMLElement>('[data-skip-to], main h1');
  if (!target) return;
  if (target.matches('h1')) target.tabIndex = -1;
  target.focus();
}

function RoomRoute({ id }: { id: string }) {
  const { keep } = useApp();
  const roomId = /^[1-9]\d{0,15}$/.test(id) ? Number(id) : null;
  useEffect(() => {
    if (roomId !== null) keep.set(LAST_ROOM, String(roomId));
  }, [keep, roomId]);
  return roomId === null ? <NotFound /> : <RoomScreen key={roomId} roomId={roomId} />;
}

/** The start leads to the room last read. */
function Home() {
  const { keep } = useApp();
  const { rooms, live } = useDesk();
  const { list, status, trouble } = useStore(rooms.store);
  if (status === 'failed') {
    return (
      <main id="main" className="main">
        <PlainHeader />
        <Empty
          title="Your rooms could not be loaded"
          action={<Button onClick={() => live.fetchAll()}>Try again</Button>}
        >
          {trouble}
        </Empty>
      </main>
    );
  }
  if (status === 'loading') {
    return (
      <main id="main" className="main">
        <h1 className="out-of-sight">Loading your rooms</h1>
        <Skeleton rows={6} label="Loading your rooms" />
      </main>
    );
  }
  const last = Number(keep.get(LAST_ROOM));
  const { groups, direct } = sections(list);
  const target = list.entries.has(last) ? last : (groups[0] ?? direct[0])?.room.id;
  if (target !== undefined) return <Redirect to={`/r/${target}`} replace />;
  return (
    <main id="main" className="main">
      <PlainHeader />
      <Empty
        title="No rooms yet"
        action={
          <Button kind="primary" onClick={() => openOverlay('new-room')}>
            Create a room
          </Button>
        }
      >
        A room is where a team talks, and where your code can post.
      </Empty>
    </main>
  );
}

const PlainHeader = () => (
  <header className="room-header">
    <MenuButton />
    <h1>Rooms</h1>
  </header>
);

function useTitle(): void {
  const { rooms } = useDesk();
  const { teamName } = useSettings();
  const unread = useStore(rooms.store, (s) => totalUnread(s.list));
  useEffect(() => {
    const name = teamName || 'Spika';
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ${name}` : name;
  }, [unread, teamName]);
}
