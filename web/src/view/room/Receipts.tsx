import { Check, CheckCheck } from 'lucide-react';
import { useEffect, useState } from 'react';
import { asFailure } from '../../api/http';
import type { Message, Receipt, User } from '../../api/wire';
import { userName } from '../../state/names';
import { progressOf } from '../../state/progress';
import { useApp, useDesk, useRoom } from '../app/context';
import { Avatar } from '../kit/Avatar';
import { Popover } from '../kit/Popover';
import { Spinner } from '../kit/State';
import { whenOf } from '../kit/words';

/** How far a message has come, and on request who received and saw it, and when. */
export function Receipts({ message, byPerson }: { message: Message; byPerson: boolean }) {
  const p = progressOf(message, byPerson);
  const pair = useRoom(message.roomId)?.room.type === 'private' && byPerson;
  const of = byPerson ? '' : ` of ${p.of}`;
  const words = {
    sent: 'Sent',
    delivered: pair ? 'Delivered' : `Delivered to ${p.delivered}${of}`,
    seen: pair ? 'Seen' : `Seen by ${p.seen}${of}`,
  }[p.stage];
  const content = (
    <>
      {p.stage === 'sent' ? <Check size={14} aria-hidden /> : <CheckCheck size={14} aria-hidden />} {words}
    </>
  );
  if (p.stage === 'sent') return <p className="progress sent">{content}</p>;
  return (
    <p className={`progress ${p.stage}`}>
      <Popover
        label={`${words}: who and when`}
        tip={`Seen by ${p.seen}, delivered to ${p.delivered}, of ${p.of}`}
        buttonClass="progress-button"
        trigger={content}
        className="receipts"
      >
        {() => <Who message={message} byPerson={byPerson} />}
      </Popover>
    </p>
  );
}

type Lists = { seen: Receipt[]; delivered: Receipt[] };

function useReceipts(message: Message, byPerson: boolean): Lists | string | null {
  const { api } = useApp();
  const [lists, setLists] = useState<Lists | string | null>(null);
  const { id, fromUserId, seenCount, deliveredCount } = message;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again when the counts move
  useEffect(() => {
    let current = true;
    api.receipts(id).then(
      (all) => current && setLists(sorted(all.filter((r) => !byPerson || r.userId !== fromUserId))),
      (e) => current && setLists(asFailure(e).message),
    );
    return () => {
      current = false;
    };
  }, [api, id, fromUserId, byPerson, seenCount, deliveredCount]);
  return lists;
}

/** Those who saw it, then those who only received it, the earliest first. */
function sorted(all: Receipt[]): Lists {
  const early = (a: Receipt, b: Receipt) => a.createdAt - b.createdAt;
  const seen = all.filter((r) => r.type === 'seen').sort(early);
  const sawIt = new Set(seen.map((r) => r.userId));
  return { seen, delivered: all.filter((r) => r.type === 'delivered' && !sawIt.has(r.userId)).sort(early) };
}

function Who({ message, byPerson }: { message: Message; byPerson: boolean }) {
  const lists = useReceipts(message, byPerson);
  if (lists === null) return <Spinner label="Loading" />;
  if (typeof lists === 'string') return <p className="receipts-note">{lists}</p>;
  return (
    <>
      <Names title="Seen" receipts={lists.seen} />
      <Names title="Delivered" receipts={lists.delivered} />
    </>
  );
}

function Names({ title, receipts }: { title: string; receipts: Receipt[] }) {
  if (receipts.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul>
        {receipts.map((r) => (
          <Name key={r.id} receipt={r} />
        ))}
      </ul>
    </section>
  );
}

function Name({ receipt }: { receipt: Receipt }) {
  const { users } = useDesk();
  const [user, setUser] = useState<User | undefined>(() => users.store.getState().get(receipt.userId));
  useEffect(() => {
    users.ensure(receipt.userId);
    return users.store.subscribe((s) => setUser(s.get(receipt.userId)));
  }, [users, receipt.userId]);
  const name = user ? userName(user) : `Person ${receipt.userId}`;
  return (
    <li>
      <Avatar id={receipt.userId} name={name} size="small" />
      <span>{name}</span>
      <time>{whenOf(receipt.createdAt)}</time>
    </li>
  );
}
