import { Check, Search, X } from 'lucide-react';
import { useId, useState } from 'react';
import type { User } from '../../api/wire';
import { userName } from '../../state/names';
import { Avatar } from '../kit/Avatar';
import { Skeleton } from '../kit/State';
import { usePeopleSearch } from './usePeopleSearch';
import '../details/members.css';

/** Chooses any number of people. Those in `without` are not offered. */
export function PeoplePicker({
  picked,
  onPicked,
  without,
  label,
}: {
  picked: readonly User[];
  onPicked: (picked: User[]) => void;
  without: ReadonlySet<number>;
  label: string;
}) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const { people, status, trouble } = usePeopleSearch(typed);
  const offered = people.filter((p) => !without.has(p.id));
  const toggle = (user: User) =>
    onPicked(picked.some((p) => p.id === user.id) ? picked.filter((p) => p.id !== user.id) : [...picked, user]);
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {picked.length > 0 && (
        <div className="picked">
          {picked.map((user) => (
            <button key={user.id} type="button" onClick={() => toggle(user)} aria-label={`Remove ${userName(user)}`}>
              {userName(user)} <X size={13} aria-hidden />
            </button>
          ))}
        </div>
      )}
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
      <div className="pick-list">
        {status === 'loading' && <Skeleton rows={2} label="Loading people" />}
        {offered.map((user) => (
          <label key={user.id} className="pick">
            <input
              type="checkbox"
              className="out-of-sight"
              checked={picked.some((p) => p.id === user.id)}
              onChange={() => toggle(user)}
            />
            <Avatar id={user.id} name={userName(user)} size="small" />
            <span className="member-name">
              <span>{userName(user)}</span>
              {user.emailAddress && <small>{user.emailAddress}</small>}
            </span>
            <span className="tick" aria-hidden="true">
              <Check size={14} />
            </span>
          </label>
        ))}
        {status === 'ready' && offered.length === 0 && (
          <p className="muted small" role="status">
            {typed ? `Nobody's name begins with "${typed}".` : 'Everyone is here already.'}
          </p>
        )}
        {status === 'failed' && <p className="field-problem">{trouble}</p>}
      </div>
    </div>
  );
}
