import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Room } from '../../api/wire';
import { peopleOf, roomTitle, userName } from '../../state/names';
import { useApp, useDesk, useMe } from '../app/context';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { FormProblem } from '../kit/Field';
import { useTask } from '../kit/useTask';

/** Leaving a room. Its only admin hands it over first. */
export function Leave({ room, onClose }: { room: Room; onClose: () => void }) {
  const { api } = useApp();
  const { rooms } = useDesk();
  const me = useMe();
  const [, go] = useLocation();
  const { busy, problem, run } = useTask();
  const others = peopleOf(room).filter((m) => m.userId !== me.id);
  const iAmAdmin = room.users.some((m) => m.userId === me.id && m.isAdmin);
  const mustName = iAmAdmin && !others.some((m) => m.isAdmin);
  const [heir, setHeir] = useState<number | null>(null);
  const alone = mustName && others.length === 0;
  const leave = async () => {
    const done = await run(() => api.leaveRoom(room.id, mustName && heir !== null ? [heir] : undefined));
    if (!done) return;
    rooms.drop(room.id, 'removed');
    go('/');
  };
  const title = roomTitle(room, me.id);
  return (
    <Dialog title={`Leave ${title}?`} onClose={onClose}>
      {alone ? (
        <p>You are the only one in this room. Delete it instead, in its settings.</p>
      ) : (
        <p>You will not see what is written in it any more. An admin of the room can add you again.</p>
      )}
      {mustName && !alone && (
        <div className="field">
          <label htmlFor="heir">You are its only admin. Who shall be admin next?</label>
          <select
            id="heir"
            className="input"
            value={heir ?? ''}
            onChange={(e) => setHeir(Number(e.target.value) || null)}
          >
            <option value="">Choose a person</option>
            {others.map((m) => (
              <option key={m.userId} value={m.userId}>
                {userName(m.user)}
              </option>
            ))}
          </select>
        </div>
      )}
      <FormProblem>{problem}</FormProblem>
      <div className="dialog-actions">
        <Button onClick={onClose}>Stay</Button>
        <Button kind="danger" busy={busy} disabled={alone || (mustName && heir === null)} onClick={leave}>
          Leave room
        </Button>
      </div>
    </Dialog>
  );
}
