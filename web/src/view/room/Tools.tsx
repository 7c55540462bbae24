// What can be done with a message.
import { Copy, Ellipsis, EyeOff, Pencil, Reply, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Message } from '../../api/wire';
import { summary } from '../../state/summary';
import { useApp, useDesk, useMe } from '../app/context';
import { Button, IconButton } from '../kit/Button';
import { copyText } from '../kit/copy';
import { Dialog } from '../kit/Dialog';
import { Popover } from '../kit/Popover';
import { toast } from '../kit/Toasts';
import { useTask } from '../kit/useTask';
import { edit } from './editing';
import { excerpt } from './markdown';
import { ReactButton } from './Reactions';
import { Receipts } from './Receipts';
import { replyTo } from './replying';

export const answer = (message: Message) =>
  replyTo(message.roomId, {
    id: message.id,
    senderName: message.senderName,
    text: excerpt(summary(message)),
  });

/** Only what was written as text, by this person and not taken over from elsewhere, can be changed. */
export const canEdit = (message: Message, meId: number): boolean =>
  message.fromUserId === meId && message.type === 'text' && !message.deleted && !message.isForwarded;

export const startEdit = (message: Message) => edit({ id: message.id, text: message.body.text ?? '' });

/** `receipts`: whether a person sent it, where the row itself does not show how far it came; else null. */
export function Tools({ message, receipts }: { message: Message; receipts: boolean | null }) {
  const [deleting, setDeleting] = useState<'all' | 'user' | null>(null);
  if (message.deleted) return null;
  return (
    <div className="tools" role="toolbar" aria-label="Message actions">
      {receipts !== null && <Receipts message={message} byPerson={receipts} />}
      <ReactButton message={message} />
      <IconButton label="Reply" onClick={() => answer(message)}>
        <Reply size={16} aria-hidden />
      </IconButton>
      <Menu message={message} onDelete={setDeleting} />
      {deleting && <Delete message={message} target={deleting} onClose={() => setDeleting(null)} />}
    </div>
  );
}

function Menu({ message, onDelete }: { message: Message; onDelete: (target: 'all' | 'user') => void }) {
  const me = useMe();
  const { text } = message.body;
  const copy = async () => toast((await copyText(text ?? '')) ? 'Text copied' : 'Copying is not allowed here');
  return (
    <Popover label="More" role="menu" trigger={<Ellipsis size={16} aria-hidden />}>
      {(close) => {
        const item = (icon: React.ReactNode, words: string, run: () => void, danger = '') => (
          <button
            type="button"
            role="menuitem"
            className={`menu-item${danger}`}
            onClick={() => {
              close();
              run();
            }}
          >
            {icon} {words}
          </button>
        );
        return (
          <>
            {canEdit(message, me.id) && item(<Pencil size={15} aria-hidden />, 'Edit', () => startEdit(message))}
            {text && item(<Copy size={15} aria-hidden />, 'Copy text', copy)}
            <div className="menu-line" />
            {item(<EyeOff size={15} aria-hidden />, 'Delete for me', () => onDelete('user'))}
            {message.fromUserId === me.id &&
              item(<Trash2 size={15} aria-hidden />, 'Delete for everyone', () => onDelete('all'), ' danger')}
          </>
        );
      }}
    </Popover>
  );
}

const questions = {
  all: { title: 'Delete for everyone?', text: 'What it says is wiped. Everyone sees that a message was deleted.' },
  user: { title: 'Delete for you?', text: 'Only you see it as deleted. Everyone else keeps it.' },
};

function Delete(p: { message: Message; target: 'all' | 'user'; onClose: () => void }) {
  const { api } = useApp();
  const { live } = useDesk();
  const { busy, problem, run } = useTask();
  const { title, text } = questions[p.target];
  const remove = async () => {
    if (await run(async () => live.changed(await api.deleteMessage(p.message.id, p.target)))) p.onClose();
  };
  return (
    <Dialog title={title} onClose={p.onClose}>
      <p>{text}</p>
      {problem && (
        <p role="alert" className="edit-problem">
          {problem}
        </p>
      )}
      <div className="dialog-actions">
        <Button onClick={p.onClose}>Keep it</Button>
        <Button kind="danger" busy={busy} onClick={remove}>
          Delete
        </Button>
      </div>
    </Dialog>
  );
}
