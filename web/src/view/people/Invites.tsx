import { Link2 } from 'lucide-react';
import { type FormEvent, useId, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { Invite } from '../../api/wire';
import { roomTitle } from '../../state/names';
import { useDesk, useMe } from '../app/context';
import { Button } from '../kit/Button';
import { FormProblem } from '../kit/Field';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { count, fromNow } from '../kit/words';
import { HandOut } from './HandOut';

const lives = [
  { hours: 24, words: '1 day' },
  { hours: 168, words: '7 days' },
  { hours: 720, words: '30 days' },
];

/** Invite links: making one, and taking back those that are about. */
export function Invites({ invites }: { invites: readonly Invite[] }) {
  const [made, setMade] = useState<{ url: string; expiresAt: number } | null>(null);
  return (
    <section aria-labelledby="invites">
      <h2 id="invites">Invite people</h2>
      <p className="lead">Everyone who has the link can join the team until it ends or you take it back.</p>
      <NewInvite onMade={setMade} />
      {made && <HandOut key={made.url} url={made.url} label="Invite link" expiresAt={made.expiresAt} />}
      {invites.length > 0 && (
        <ul className="invites" aria-label="Invite links that work">
          {invites.map((invite) => (
            <InviteRow key={invite.id} invite={invite} onGone={() => setMade(null)} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** Group rooms this person is in, the oldest first: new people start in one of them. */
function useGroups() {
  const { rooms } = useDesk();
  const list = useStore(rooms.store, (s) => s.list);
  return useMemo(
    () =>
      [...list.entries.values()]
        .map((e) => e.room)
        .filter((r) => r.type !== 'private')
        .sort((a, b) => a.id - b.id),
    [list],
  );
}

function NewInvite({ onMade }: { onMade: (made: { url: string; expiresAt: number }) => void }) {
  const { people } = useDesk();
  const me = useMe();
  const id = useId();
  const groups = useGroups();
  const [hours, setHours] = useState(168);
  const [roomId, setRoomId] = useState<number | null>(null);
  const { busy, problem, run } = useTask();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    const room = roomId ?? groups[0]?.id;
    void run(async () => {
      const url = await people.invite(hours, room === undefined ? [] : [room]);
      onMade({ url, expiresAt: Date.now() + hours * 3_600_000 });
    });
  };
  return (
    <form onSubmit={submit} className="new-invite">
      <div className="field">
        <label htmlFor={`${id}hours`}>Works for</label>
        <select id={`${id}hours`} className="input" value={hours} onChange={(e) => setHours(Number(e.target.value))}>
          {lives.map((l) => (
            <option key={l.hours} value={l.hours}>
              {l.words}
            </option>
          ))}
        </select>
      </div>
      {groups.length > 1 && (
        <div className="field">
          <label htmlFor={`${id}room`}>They start in</label>
          <select
            id={`${id}room`}
            className="input"
            value={roomId ?? groups[0]?.id}
            onChange={(e) => setRoomId(Number(e.target.value))}
          >
            {groups.map((room) => (
              <option key={room.id} value={room.id}>
                {roomTitle(room, me.id)}
              </option>
            ))}
          </select>
        </div>
      )}
      <Button kind="primary" type="submit" busy={busy} icon={<Link2 size={16} aria-hidden />}>
        Make an invite link
      </Button>
      <FormProblem>{problem}</FormProblem>
    </form>
  );
}

function InviteRow({ invite, onGone }: { invite: Invite; onGone: () => void }) {
  const { people, rooms } = useDesk();
  const maker = useStore(people.store, (s) => s.people.find((p) => p.id === invite.createdBy)?.displayName);
  const names = useStore(rooms.store, (s) =>
    invite.roomIds
      .map((id) => s.list.entries.get(id)?.room.name)
      .filter(Boolean)
      .join(', '),
  );
  const { busy, run } = useTask();
  const revoke = async () => {
    const done = await run(() => people.revoke(invite.id));
    toast(done ? 'The invite link does not work any more' : 'That did not work. Try again.');
    if (done) onGone();
  };
  const parts = [
    `Ends ${fromNow(invite.expiresAt)}`,
    invite.uses === 0 ? 'nobody joined yet' : `${count(invite.uses, 'person', 'people')} joined`,
    maker && `made by ${maker} ${fromNow(invite.createdAt)}`,
  ];
  return (
    <li className="invite">
      <Link2 size={17} aria-hidden />
      <span className="member-name">
        <span>Invite link{names && ` to ${names}`}</span>
        <small>{parts.filter(Boolean).join(' · ')}</small>
      </span>
      <Button busy={busy} onClick={revoke}>
        Take back
      </Button>
    </li>
  );
}
