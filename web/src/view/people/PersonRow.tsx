import { Ellipsis, KeyRound, MessageSquare, ShieldCheck, ShieldOff } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Link, Person } from '../../api/wire';
import { userName } from '../../state/names';
import { allowed } from '../../state/people';
import { useDesk, useMe } from '../app/context';
import { Avatar } from '../kit/Avatar';
import { Dialog } from '../kit/Dialog';
import { MenuItem, Popover } from '../kit/Popover';
import { toast } from '../kit/Toasts';
import { sentence, useTask } from '../kit/useTask';
import { fromNow } from '../kit/words';
import { HandOut } from './HandOut';

const roles = { owner: 'Owner', admin: 'Admin', member: 'Member' };

export function PersonRow({ person }: { person: Person }) {
  const me = useMe();
  const [link, setLink] = useState<Link | null>(null);
  const name = userName(person);
  const seen = person.lastSignInAt === null ? 'Never signed in' : `Signed in ${fromNow(person.lastSignInAt)}`;
  return (
    <li className="person">
      <Avatar id={person.id} name={name} />
      <span className="member-name">
        <span>
          {name}
          {person.id === me.id && <span className="muted"> (you)</span>}
        </span>
        <small>{person.emailAddress}</small>
      </span>
      <span className="person-seen">{seen}</span>
      <span className={`role ${person.role}`}>{roles[person.role]}</span>
      <PersonActions person={person} onLink={setLink} />
      {link && (
        <Dialog title={`A new password for ${name}`} onClose={() => setLink(null)}>
          <p>Send {name} this link. Whoever opens it can set a new password for the account, once.</p>
          <HandOut url={link.url} label="Password link" expiresAt={link.expiresAt} />
        </Dialog>
      )}
    </li>
  );
}

function PersonActions({ person, onLink }: { person: Person; onLink: (link: Link) => void }) {
  const { people, openPrivate } = useDesk();
  const me = useMe();
  const [, go] = useLocation();
  const { run, problem } = useTask();
  const may = allowed(me, person);
  const mine = person.id === me.id;
  const name = userName(person);
  if (mine && !may.resetLink) return <span className="no-actions" />;
  const setRole = (role: 'admin' | 'member') =>
    run(async () => {
      await people.setRole(person.id, role);
      toast(role === 'admin' ? `${name} is an admin now` : `${name} is not an admin any more`);
    });
  return (
    <>
      {problem && <p className="person-problem field-problem">{sentence(problem)}</p>}
      <Popover role="menu" label={`Actions for ${name}`} trigger={<Ellipsis size={17} aria-hidden />}>
        {(close) => {
          const then = (work: () => unknown) => () => {
            close();
            work();
          };
          return (
            <>
              {!mine && (
                <MenuItem
                  icon={<MessageSquare size={16} aria-hidden />}
                  onPick={then(() => run(async () => go(`/r/${(await openPrivate(person.id)).id}`)))}
                >
                  Send a direct message
                </MenuItem>
              )}
              {may.resetLink && (
                <MenuItem
                  icon={<KeyRound size={16} aria-hidden />}
                  onPick={then(() => run(async () => onLink(await people.resetLink(person.id))))}
                >
                  Make a password link
                </MenuItem>
              )}
              {may.setRole && (
                <MenuItem
                  icon={
                    person.role === 'admin' ? (
                      <ShieldOff size={16} aria-hidden />
                    ) : (
                      <ShieldCheck size={16} aria-hidden />
                    )
                  }
                  onPick={then(() => setRole(person.role === 'admin' ? 'member' : 'admin'))}
                >
                  {person.role === 'admin' ? 'Remove as admin' : 'Make admin'}
                </MenuItem>
              )}
            </>
          );
        }}
      </Popover>
    </>
  );
}
