import { CircleAlert, Clock3, RotateCcw } from 'lucide-react';
import { userName } from '../../state/names';
import type { Pending } from '../../state/outbox';
import { useDesk, useMe } from '../app/context';
import { Avatar } from '../kit/Avatar';
import { Button } from '../kit/Button';
import { sentence } from '../kit/useTask';
import { timeOf } from '../kit/words';
import { OnItsWay } from '../media/OnItsWay';
import { markdown } from './markdown';
import { Quote } from './Quote';
import { Rules } from './Rule';

type Props = {
  pending: Pending;
  head: boolean;
  day: number | null;
  index: number;
  total: number;
  focusable: boolean;
};

/** A message on its way, in the shape it will have. */
export function PendingRow({ pending, head, day, index, total, focusable }: Props) {
  const me = useMe();
  const name = userName(me);
  return (
    <>
      <Rules day={day} />
      <article
        className={`message${head ? ' head' : ''} pending`}
        data-key={`l${pending.localId}`}
        tabIndex={focusable ? 0 : -1}
        aria-posinset={index + 1}
        aria-setsize={total}
        aria-label={`${name}, ${timeOf(pending.createdAt)}, not sent yet`}
      >
        {head ? <Avatar id={me.id} name={name} /> : <span />}
        <div className="message-main">
          {head && (
            <p className="message-head">
              <span className="sender">{name}</span>
              <time>{timeOf(pending.createdAt)}</time>
            </p>
          )}
          {pending.reply && (
            <Quote
              reference={{ senderName: pending.reply.senderName, body: { text: pending.reply.text }, deleted: false }}
            />
          )}
          {pending.file ? <OnItsWay file={pending.file} /> : <div className="body">{markdown(pending.text)}</div>}
          <PendingState pending={pending} />
        </div>
      </article>
    </>
  );
}

function PendingState({ pending }: { pending: Pending }) {
  const { outbox, uploads } = useDesk();
  // A file whose bytes are there waits in the outbox like any message.
  const way = pending.file && pending.file.fileId === 0 ? uploads : outbox;
  if (pending.state === 'failed') {
    return (
      <div className="progress failed" role="alert">
        <CircleAlert size={14} aria-hidden /> Not sent. {pending.trouble && sentence(pending.trouble)}
        <Button kind="link" icon={<RotateCcw size={13} aria-hidden />} onClick={() => way.retry(pending.localId)}>
          Try again
        </Button>
        <Button kind="link" onClick={() => way.discard(pending.localId)}>
          Discard
        </Button>
      </div>
    );
  }
  return (
    <div className="progress">
      <Clock3 size={13} aria-hidden /> {pending.state === 'waiting' ? 'Waiting to be sent' : 'Sending'}
      {way === uploads && (
        <Button kind="link" onClick={() => uploads.discard(pending.localId)}>
          Cancel
        </Button>
      )}
    </div>
  );
}
