// What a message is in a few words, where there is no room for the message itself.
import type { Message } from '../api/wire';

type Told = { type?: string; body: Pick<Message['body'], 'text' | 'file'>; deleted: boolean };

const kinds: Record<string, string> = { image: 'Photo', video: 'Video', audio: 'Audio', file: 'File' };

/** What the message says or brings: its text, or the kind of its file, with the name where that tells something. */
export function summary({ type = 'text', body, deleted }: Told): string {
  if (deleted) return 'Deleted message';
  if (body.text) return body.text;
  const kind = kinds[type];
  if (!kind) return type === 'system' ? 'The room changed' : 'A message this page cannot show';
  return type === 'file' && body.file ? `${kind}: ${body.file.fileName}` : kind;
}

/** Whether the message brings a file. */
export const bringsFile = (type: string): boolean => type in kinds;
