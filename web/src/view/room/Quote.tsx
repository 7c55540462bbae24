import { CornerUpLeft } from 'lucide-react';
import type { Message } from '../../api/wire';
import { summary } from '../../state/summary';
import { excerpt } from './markdown';

type Quoted = Pick<Message, 'senderName' | 'body' | 'deleted'> & { type?: string };

/** The message that this one answers. */
export function Quote({ reference }: { reference: Quoted }) {
  return (
    <p className="quote">
      <CornerUpLeft size={13} aria-hidden />
      <span className="out-of-sight">In answer to </span>
      <b>{reference.senderName}</b>
      <span className="quote-text">{excerpt(summary(reference))}</span>
    </p>
  );
}
