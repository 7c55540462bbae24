import { CornerUpLeft } from 'lucide-react';
import type { Message } from '../../api/wire';
import { excerpt } from './markdown';

/** The message that this one answers. */
export function Quote({ reference }: { reference: Pick<Message, 'senderName' | 'body' | 'deleted'> }) {
  return (
    <p className="quote">
      <CornerUpLeft size={13} aria-hidden />
      <span className="out-of-sight">In answer to </span>
      <b>{reference.senderName}</b>
      <span className="quote-text">{reference.deleted ? 'Deleted message' : excerpt(reference.body.text ?? '')}</span>
    </p>
  );
}
