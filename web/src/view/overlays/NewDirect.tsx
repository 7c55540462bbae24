import { Search } from 'lucide-react';
import { useId, useState } from 'react';
import { useLocation } from 'wouter';
import { userName } from '../../state/names';
import { useDesk } from '../app/context';
import { Avatar } from '../kit/Avatar';
import { Dialog } from '../kit/Dialog';
import { FormProblem } from '../kit/Field';
import { Skeleton } from '../kit/State';
import { useTask } from '../kit/useTask';
import { usePeopleSearch } from '../people/usePeopleSearch';
import '../details/members.css';

/** Starts or takes up the private room with one person. */
export function NewDirect({ onClose }: { onClose: () => void }) {
  const { openPrivate } = useDesk();
  const [, go] = useLocation();
  const id = useId();
  const [typed, setTyped] = useState('');
  const { people, status, trouble } = usePeopleSearch(typed);
  const { busy, problem, run } = useTask();
  const open = (userId: number) =>
    run(async () => {
      const room = await openPrivate(userId);
      onClose();
      go(`/r/${room.id}`);
    });
  return (
    <Dialog title="Direct message" onClose={onClose}>
      <div className="field">
        <label htmlFor={id}>Who do you want to talk to?</label>
        <div className="find-in">
          <Search size={15} aria-hidden />
          <input
            id={id}
            className="input"
            type="search"
            placeholder="Find by name"
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
          />
        </div>
      </div>
      <FormProblem>{problem ?? (status === 'failed' ? trouble : null)}</FormProblem>
      <div className="pick-list">
        {status === 'loading' && <Skeleton rows={2} label="Loading people" />}
        {people.map((user) => (
          <button key={user.id} type="button" className="pick" disabled={busy} onClick={() => open(user.id)}>
            <Avatar id={user.id} name={userName(user)} size="small" />
            <span className="member-name">
              <span>{userName(user)}</span>
              {user.emailAddress && <small>{user.emailAddress}</small>}
            </span>
          </button>
        ))}
        {status === 'ready' && people.length === 0 && (
          <p className="muted small" role="status">
            {typed ? `Nobody's name begins with “${typed}”.` : 'Nobody else is here yet. An admin can invite people.'}
          </p>
        )}
      </div>
    </Dialog>
  );
}
