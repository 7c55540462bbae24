import { useMemo, useState } from 'react';
import type { Room, User } from '../../api/wire';
import { roomTitle } from '../../state/names';
import { useApp, useDesk, useMe } from '../app/context';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { FormProblem } from '../kit/Field';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { count } from '../kit/words';
import { PeoplePicker } from '../people/PeoplePicker';

export function AddPeople({ room, onClose }: { room: Room; onClose: () => void }) {
  const { api } = useApp();
  const { rooms } = useDesk();
  const me = useMe();
  const [picked, setPicked] = useState<User[]>([]);
  const { busy, problem, run } = useTask();
  const without = useMemo(() => new Set(room.users.map((m) => m.userId)), [room]);
  const add = async () => {
    const userIds = picked.map((p) => p.id);
    const done = await run(async () => rooms.put(await api.updateRoom(room.id, { action: 'addGroupUsers', userIds })));
    if (!done) return;
    toast(`${count(picked.length, 'person', 'people')} added`);
    onClose();
  };
  return (
    <Dialog title={`Add people to ${roomTitle(room, me.id)}`} onClose={onClose}>
      <PeoplePicker label="Who" picked={picked} onPicked={setPicked} without={without} />
      <p className="muted small">They see what is written from now on, not what was written before.</p>
      <FormProblem>{problem}</FormProblem>
      <div className="dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" busy={busy} disabled={picked.length === 0} onClick={add}>
          Add
        </Button>
      </div>
    </Dialog>
  );
}
