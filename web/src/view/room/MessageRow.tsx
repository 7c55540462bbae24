import { type KeyboardEvent, memo, type PointerEvent, useEffect, useState } from 'react';
import type { Message } from '../../api/wire';
import { useDesk, useMe, useUser } from '../app/context';
import { Avatar } from '../kit/Avatar';
import { moment, timeOf } from '../kit/words';
import { Body } from './Body';
import { Quote } from './Quote';
import { Reactions } from './Reactions';
import { Receipts } from './Receipts';
import { Rules } from './Rule';
import { SystemRow } from './SystemRow';
import { answer, canEdit, startEdit, Tools } from './Tools';
import './message.css';

export type Props = {
  message: Message;
  head: boolean;
  day: number | null;
  fresh: boolean;
  /** The last of its group: it carries the group's state. */
  last: boolean;
  index: number;
  total: number;
  focusable: boolean;
};

/** A stored message. */
export const MessageRow = memo(function MessageRow(p: Props) {
  return p.message.type === 'system' && !p.message.deleted ? <SystemRow {...p} /> : <Said {...p} />;
});

function Said(p: Props) {
  const { message, head } = p;
  const me = useMe();
  const sender = useSender(message);
  const { active, handlers } = useActive();
  const mine = message.fromUserId === me.id;
  const key = mine && message.localId !== null ? `l${message.localId}` : `m${message.id}`;
  return (
    <>
      <Rules day={p.day} fresh={p.fresh} />
      <article
        {...handlers}
        className={`message${head ? ' head' : ''}${active ? ' active' : ''}`}
        data-key={key}
        data-id={message.id}
        tabIndex={p.focusable ? 0 : -1}
        aria-posinset={p.index + 1}
        aria-setsize={p.total}
        aria-label={`${message.senderName}${sender.bot ? ' (bot)' : ''}, ${timeOf(message.createdAt)}`}
        onKeyDown={(e) => onKey(e, message, me.id)}
      >
        {head ? (
          <Avatar id={message.fromUserId} name={message.senderName} bot={sender.bot} />
        ) : (
          <SideTime at={message.createdAt} />
        )}
        <div className="message-main">
          {head && <Head message={message} bot={sender.bot} />}
          {message.body.referenceMessage && <Quote reference={message.body.referenceMessage} />}
          <Body message={message} />
          {!message.deleted && <Reactions message={message} />}
          {(mine || sender.bot) && p.last && <Receipts message={message} byPerson={!sender.bot} />}
        </div>
        {active && <Tools message={message} receipts={(mine || sender.bot) && !p.last ? !sender.bot : null} />}
      </article>
    </>
  );
}

/** r answers, e edits, + reacts: while the message itself has the focus. */
function onKey(e: KeyboardEvent<HTMLElement>, message: Message, meId: number): void {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target !== e.currentTarget || message.deleted) return;
  if (e.key === 'r') answer(message);
  else if (e.key === 'e' && canEdit(message, meId)) startEdit(message);
  else if (e.key === '+') e.currentTarget.querySelector<HTMLElement>('.tools [aria-label="React"]')?.click();
  else return;
  e.preventDefault();
}

function useSender(message: Message): { bot: boolean } {
  const { users } = useDesk();
  const user = useUser(message.fromUserId);
  useEffect(() => {
    if (!user) users.ensure(message.fromUserId);
  }, [users, user, message.fromUserId]);
  return { bot: user?.isBot ?? false };
}

/** Tools are mounted only on the row at hand: mounting them on all rows makes scrolling stutter. */
function useActive() {
  const [active, setActive] = useState(false);
  const handlers = {
    onPointerEnter: (e: PointerEvent) => e.pointerType === 'mouse' && setActive(true),
    onPointerLeave: (e: PointerEvent<HTMLElement>) =>
      !e.currentTarget.querySelector(':popover-open') &&
      !e.currentTarget.contains(document.activeElement) &&
      setActive(false),
    onFocus: () => setActive(true),
    onBlur: (e: React.FocusEvent<HTMLElement>) => !e.currentTarget.contains(e.relatedTarget) && setActive(false),
  };
  return { active, handlers };
}

const SideTime = ({ at }: { at: number }) => (
  <time className="side-time" aria-hidden="true">
    {timeOf(at)}
  </time>
);

function Head({ message, bot }: { message: Message; bot: boolean }) {
  return (
    <p className="message-head">
      <span className="sender">{message.senderName}</span>
      {bot && <span className="bot-tag">bot</span>}
      <time dateTime={new Date(message.createdAt).toISOString()} title={moment(message.createdAt)}>
        {timeOf(message.createdAt)}
      </time>
    </p>
  );
}
