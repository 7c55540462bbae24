// What a message is in a few words, where there is no room for the message itself.
import type { Message } from '../api/wire';

type Told = Pick<Message, 'body' | 'deleted'> & { type?: string };

/** What the message says or brings: its text, or the kind of its file with the name. */
export function summary({ type, body, deleted }: Told): string {
  if (deleted) return 'Deleted message';
  return body.text ?? (type === 'system' ? 'The room changed' : 'A message this page cannot show');
}
