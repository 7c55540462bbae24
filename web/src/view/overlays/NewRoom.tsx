import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import type { User } from '../../api/wire';
import { useApp, useDesk } from '../app/context';
import { nameProblem } from '../auth/checks';
import { Button } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { Field, FormProblem } from '../kit/Field';
import { useTask } from '../kit/useTask';
import { PeoplePicker } from '../people/PeoplePicker';

const nobody: ReadonlySet<number> = new Set();

/** Making a group room, with people in it from the start. */
export function NewRoom({ onClose }: { onClose: () => void }) {
  const { api } = useApp();
  const { rooms } = useDesk();
  const [, go] = useLocation();
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [picked, setPicked] = useState<User[]>([]);
  const { busy, problem, run } = useTask();
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const found = nameProblem(name);
    setWrong(found);
    if (found) return;
    await run(async () => {
      const room = await api.createRoom({ name: name.trim(), type: 'group', userIds: picked.map((p) => p.id) });
      rooms.put(room);
      onClose();
      go(`/r/${room.id}`);
    });
  };
  return (
    <Dialog title="Create a room" onClose={onClose}>
      <form onSubmit={submit} noValidate>
        <Field
          label="Room name"
          placeholder="Releases"
          value={name}
          onValue={setName}
          maxLength={100}
          autoComplete="off"
          problem={wrong}
        />
        <PeoplePicker label="People (you can add more later)" picked={picked} onPicked={setPicked} without={nobody} />
        <FormProblem>{problem}</FormProblem>
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy}>
            Create room
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
