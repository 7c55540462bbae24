// How far a sent message has come, in numbers that mean other people.
import type { Message } from '../api/wire';

export type Progress = {
  stage: 'sent' | 'delivered' | 'seen';
  seen: number;
  delivered: number;
  /** How many can see it at most. */
  of: number;
};

/** The sender counts among those who received and saw a person's message; nobody asks about them. */
export function progressOf(message: Message, byPerson: boolean): Progress {
  const self = byPerson ? 1 : 0;
  const seen = Math.max(0, message.seenCount - self);
  const delivered = Math.max(0, message.deliveredCount - self);
  const stage = seen > 0 ? 'seen' : delivered > 0 ? 'delivered' : 'sent';
  return { stage, seen, delivered, of: Math.max(0, message.totalUserCount - self) };
}
