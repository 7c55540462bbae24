import { Copy, Reply } from 'lucide-react';
import { memo, type PointerEvent, useEffect, useState } from 'react';
import type { Message } from '../../api/wire';
import { useDesk, useMe, useUser } from '../app/context';
import { Avatar } from '../kit/Avatar';
import { IconButton } from '../kit/Button';
import { copyText } from '../kit/copy';
import { toast } from '../kit/Toasts';
import { moment, timeOf } from '../kit/words';
import { excerpt, markdown } from './markdown';
import { Quote } from './Quote';
import { Receipts } from './Receipts';
import { Rules } from './Rule';
import { replyTo } from './replying';
import './message.css';

type Props = {
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
        onKeyDown={(e) => {
          if (e.key !== 'r' || e.ctrlKey || e.metaKey || e.altKey || e.target !== e.currentTarget) return;
          e.preventDefault();
          answer(message);
        }}
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
          {(mine || sender.bot) && p.last && <Receipts message={message} byPerson={!sender.bot} />}
        </div>
        {active && <Tools message={message} receipts={(mine || sender.bot) && !p.last ? !sender.bot : null} />}
      </article>
    </>
  );
});

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

function Body({ message }: { message: Message }) {
  const edited = message.modifiedAt !== message.createdAt && !message.deleted;
  if (message.deleted) return <p className="deleted">This message was deleted.</p>;
  return (
    <div className={`body${edited ? ' edited' : ''}`}>
      {markdown(message.body.text ?? '')}
      {edited && <span className="edited-mark"> (edited)</span>}
    </div>
  );
}

const answer = (message: Message) =>
  replyTo(message.roomId, {
    id: message.id,
    senderName: message.senderName,
    text: excerpt(message.body.text ?? ''),
  });

/** `receipts`: whether a person sent it, where the row itself does not show how far it came; else null. */
function Tools({ message, receipts }: { message: Message; receipts: boolean | null }) {
  if (message.deleted) return null;
  const copy = async () => {
    const worked = await copyText(message.body.text ?? '');
    toast(worked ? 'Text copied' : 'Copying is not allowed here');
  };
  return (
    <div className="tools" role="toolbar" aria-label="Message actions">
      {receipts !== null && <Receipts message={message} byPerson={receipts} />}
      <IconButton label="Reply" onClick={() => answer(message)}>
        <Reply size={16} aria-hidden />
      </IconButton>
      <IconButton label="Copy text" onClick={copy}>
        <Copy size={15} aria-hidden />
      </IconButton>
    </div>
  );
}
