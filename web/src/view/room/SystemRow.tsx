import { summary } from '../../state/summary';
import { moment, timeOf } from '../kit/words';
import type { Props } from './MessageRow';
import { Rules } from './Rule';

/** What happened in the room, told by the server: nobody said it, so it has no face and takes no answer. */
export function SystemRow({ message, day, fresh, index, total, focusable }: Props) {
  return (
    <>
      <Rules day={day} fresh={fresh} />
      <article
        className="system"
        data-key={`m${message.id}`}
        data-id={message.id}
        tabIndex={focusable ? 0 : -1}
        aria-posinset={index + 1}
        aria-setsize={total}
        aria-label={`${summary(message)}, ${timeOf(message.createdAt)}`}
      >
        {summary(message)}
        <time dateTime={new Date(message.createdAt).toISOString()} title={moment(message.createdAt)}>
          {timeOf(message.createdAt)}
        </time>
      </article>
    </>
  );
}
