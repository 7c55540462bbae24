import { KeyRound, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import type { Room } from '../../api/wire';
import { canManage, canManageKeys, roomTitle, userName } from '../../state/names';
import { useApp, useDesk, useMe } from '../app/context';
import { nameProblem } from '../auth/checks';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { Field, FormProblem } from '../kit/Field';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { ApiKeys } from './ApiKeys';

export function RoomSettings({ room, onGone }: { room: Room; onGone: () => void }) {
  const me = useMe();
  const manager = canManage(room, me.id) && room.type !== 'private';
  return (
    <>
      {canManageKeys(room, me) ? <ApiKeys roomId={room.id} /> : <KeysNote room={room} />}
      {manager && <RenameRoom room={room} />}
      {manager && <DeleteRoom room={room} onGone={onGone} />}
    </>
  );
}

/** For those who may not: who can. */
function KeysNote({ room }: { room: Room }) {
  const admins = room.users.filter((m) => m.isAdmin && !m.user.isBot).map((m) => userName(m.user));
  const names = new Intl.ListFormat('en', { type: 'disjunction' }).format(admins.slice(0, 5));
  return (
    <section className="details-section">
      <h3>
        <KeyRound size={15} aria-hidden /> API keys
      </h3>
      <p className="lead">
        With an API key, code can post into this room. Only admins of the room can make and see keys
        {names ? `: ask ${names}.` : '.'}
      </p>
    </section>
  );
}

function RenameRoom({ room }: { room: Room }) {
  const { api } = useApp();
  const { rooms } = useDesk();
  const [name, setName] = useState(room.name);
  const { busy, problem, run, setProblem } = useTask();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const wrong = nameProblem(name);
    if (wrong) return setProblem(wrong);
    const done = await run(async () =>
      rooms.put(await api.updateRoom(room.id, { action: 'changeGroupName', name: name.trim() })),
    );
    if (done) toast('Room renamed');
  };
  return (
    <section className="details-section">
      <h3>This room</h3>
      <form className="inline-form" onSubmit={submit}>
        <Field label="Name" value={name} onValue={setName} maxLength={100} problem={problem} />
        <div className="inline-form-actions">
          <Button type="submit" busy={busy} disabled={name.trim() === room.name}>
            Rename
          </Button>
        </div>
      </form>
    </section>
  );
}

function DeleteRoom({ room, onGone }: { room: Room; onGone: () => void }) {
  const { api } = useApp();
  const { rooms } = useDesk();
  const me = useMe();
  const [, go] = useLocation();
  const [asking, setAsking] = useState(false);
  const { busy, problem, run } = useTask();
  const remove = async () => {
    if (!(await run(() => api.deleteRoom(room.id)))) return;
    rooms.drop(room.id, 'deleted');
    onGone();
    go('/');
  };
  return (
    <section className="details-section">
      <h3>Delete the room</h3>
      <p className="lead">Nobody can post in a deleted room, and its keys stop working.</p>
      <Button kind="danger" icon={<Trash2 size={15} aria-hidden />} onClick={() => setAsking(true)}>
        Delete room
      </Button>
      {asking && (
        <Dialog title={`Delete ${roomTitle(room, me.id)}?`} onClose={() => setAsking(false)}>
          <p>Everyone in the room loses sight of it. This cannot be undone.</p>
          <FormProblem>{problem}</FormProblem>
          <div className="dialog-actions">
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button kind="danger" busy={busy} onClick={remove}>
              Delete room
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
