import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { useStore } from 'zustand';
import { findGoals, type Goal } from '../../state/finder';
import { otherOf, userName } from '../../state/names';
import { useDesk, useMe } from '../app/context';
import { Avatar, RoomSign } from '../kit/Avatar';
import { Dialog } from '../kit/Dialog';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { usePeopleSearch } from '../people/usePeopleSearch';

/** Goes to a room or person by a few letters of the name. */
export function Switcher({ onClose }: { onClose: () => void }) {
  const { rooms, openPrivate } = useDesk();
  const me = useMe();
  const [, go] = useLocation();
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const list = useStore(rooms.store, (s) => s.list);
  const { people } = usePeopleSearch(typed);
  const { run } = useTask();
  const goals = useMemo(() => findGoals(list, people, me.id, typed), [list, people, me.id, typed]);
  const now = Math.min(at, goals.length - 1);
  useEffect(() => {
    box.current?.children[now]?.scrollIntoView({ block: 'nearest' });
  }, [now]);
  const pick = async (goal: Goal | undefined) => {
    if (!goal) return;
    const done = await run(async () => {
      const roomId = goal.kind === 'room' ? goal.entry.room.id : (await openPrivate(goal.user.id)).id;
      onClose();
      go(`/r/${roomId}`);
    });
    if (!done) toast(`${goal.name} could not be opened. Try again.`);
  };
  const press = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing || goals.length === 0) return;
    const to = { ArrowDown: (now + 1) % goals.length, ArrowUp: (now + goals.length - 1) % goals.length }[e.key];
    if (e.key === 'Enter') void pick(goals[now]);
    else if (to === undefined) return;
    else setAt(to);
    e.preventDefault();
  };
  return (
    <Dialog title="Go to room or person" onClose={onClose} className="switcher" bare>
      <div className="find-in">
        <Search size={16} aria-hidden />
        <input
          className="input"
          role="combobox"
          aria-label="Go to room or person"
          aria-expanded
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={goals[now] ? `${id}${goals[now].key}` : undefined}
          placeholder="Go to room or person"
          autoComplete="off"
          value={typed}
          onChange={(e) => {
            setTyped(e.target.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
      </div>
      <div ref={box} id={id} role="listbox" aria-label="Rooms and people">
        {goals.map((goal, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
          <div
            key={goal.key}
            id={`${id}${goal.key}`}
            role="option"
            aria-selected={i === now}
            onPointerMove={() => setAt(i)}
            onClick={() => pick(goal)}
          >
            <Sign goal={goal} meId={me.id} />
            <span>{goal.name}</span>
            {goal.kind === 'room' && goal.entry.unread > 0 && <span className="note">{goal.entry.unread} unread</span>}
            {goal.kind === 'person' && <span className="note">New conversation</span>}
          </div>
        ))}
      </div>
      {goals.length === 0 && (
        <p className="nothing" role="status">
          Nothing is called “{typed.trim()}”.
        </p>
      )}
    </Dialog>
  );
}

function Sign({ goal, meId }: { goal: Goal; meId: number }) {
  const user = goal.kind === 'person' ? goal.user : otherOf(goal.entry.room, meId);
  if (user) return <Avatar id={user.id} name={userName(user)} size="small" />;
  return <RoomSign />;
}
