import { Bold, Code, Italic, SendHorizontal, X } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { roomTitle } from '../../state/names';
import { useDesk, useMe, useRoom } from '../app/context';
import { IconButton } from '../kit/Button';
import { count } from '../kit/words';
import { attach, takeAttached, useAttached } from '../media/attached';
import { AttachButton, Tray } from '../media/Tray';
import { type Edit, wrap } from './edit';
import { replyTo, useReplyTarget } from './replying';
import { toMessages } from './useRoving';
import './composer.css';

/** What the server takes, in bytes of UTF-8. */
const LONGEST = 65_536;
const bytes = (text: string) => new TextEncoder().encode(text).length;
const growsByItself = CSS.supports?.('field-sizing', 'content') ?? false;
const touch = matchMedia('(pointer: coarse)');

export function Composer({ roomId }: { roomId: number }) {
  const { drafts, outbox, timelines, uploads } = useDesk();
  const entry = useRoom(roomId);
  const me = useMe();
  const reply = useReplyTarget(roomId);
  const files = useAttached(roomId);
  const [text, setText] = useState(() => drafts.get(roomId));
  const box = useRef<HTMLTextAreaElement>(null);
  useHeight(box, text);
  useEffect(() => {
    if (!touch.matches) box.current?.focus();
  }, []);
  useEffect(() => {
    if (reply) box.current?.focus();
  }, [reply]);
  const change = useCallback(
    (next: string) => {
      setText(next);
      drafts.set(roomId, next);
    },
    [drafts, roomId],
  );
  if (!entry) return null;
  const over = text.length * 3 > LONGEST ? bytes(text) - LONGEST : 0;
  const ready = (text.trim() !== '' || files.length > 0) && over <= 0;
  const send = () => {
    if (!ready) return;
    const words = text.trim();
    if (words !== '') outbox.send({ roomId, text: words, reply });
    // What is said answers; without words the first file does.
    takeAttached(roomId).forEach((file, i) => {
      uploads.add(roomId, file, words === '' && i === 0 ? reply : null);
    });
    timelines.clearNew(roomId);
    change('');
    replyTo(roomId, null);
    box.current?.focus();
  };
  const mark = (sign: string) => {
    const field = box.current;
    if (field) apply(field, wrap(text, field.selectionStart, field.selectionEnd, sign), change);
  };
  const label = `Message ${roomTitle(entry.room, me.id)}`;
  return (
    <form
      className="composer"
      onSubmit={(e) => {
        e.preventDefault();
        send();
      }}
    >
      {reply && <ReplyBar roomId={roomId} name={reply.senderName} text={reply.text} />}
      <Tray roomId={roomId} files={files} />
      <textarea
        ref={box}
        data-composer
        data-skip-to
        rows={1}
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(e) => change(e.target.value)}
        onPaste={(e) => {
          if (e.clipboardData.files.length === 0 || e.clipboardData.types.includes('text/plain')) return;
          e.preventDefault();
          void attach(roomId, [...e.clipboardData.files]);
        }}
        onKeyDown={(e) => onKey(e, { send, mark, empty: text === '', cancel: () => replyTo(roomId, null) })}
      />
      <div className="composer-tools">
        <AttachButton roomId={roomId} />
        <Marks mark={mark} />
        {over > 0 && <p className="composer-over">{count(over, 'byte')} too long</p>}
        <button type="submit" className="send" aria-label="Send" title="Send (Enter)" disabled={!ready}>
          <SendHorizontal size={18} aria-hidden />
        </button>
      </div>
    </form>
  );
}

type Keys = { send: () => void; mark: (sign: string) => void; empty: boolean; cancel: () => void };

function onKey(e: KeyboardEvent<HTMLTextAreaElement>, keys: Keys): void {
  // While a word is being put together (Japanese, Chinese, …) every key belongs to that.
  if (e.nativeEvent.isComposing || e.keyCode === 229) return;
  const control = e.ctrlKey || e.metaKey;
  if (e.key === 'Enter' && !e.shiftKey && !touch.matches) {
    e.preventDefault();
    keys.send();
  } else if (e.key === 'Escape') keys.cancel();
  else if (control && e.key === 'b') {
    e.preventDefault();
    keys.mark('**');
  } else if (control && e.key === 'i') {
    e.preventDefault();
    keys.mark('_');
  } else if (e.key === 'ArrowUp' && keys.empty) {
    e.preventDefault();
    toMessages();
  }
}

function Marks({ mark }: { mark: (sign: string) => void }) {
  return (
    <div className="composer-marks" role="toolbar" aria-label="Formatting">
      <IconButton label="Bold" onClick={() => mark('**')}>
        <Bold size={16} aria-hidden />
      </IconButton>
      <IconButton label="Italic" onClick={() => mark('_')}>
        <Italic size={16} aria-hidden />
      </IconButton>
      <IconButton label="Code" onClick={() => mark('`')}>
        <Code size={17} aria-hidden />
      </IconButton>
    </div>
  );
}

function ReplyBar({ roomId, name, text }: { roomId: number; name: string; text: string }) {
  return (
    <div className="reply-bar">
      <p>
        Replying to <b>{name}</b> <span>{text}</span>
      </p>
      <IconButton label="Do not reply" onClick={() => replyTo(roomId, null)}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

function apply(field: HTMLTextAreaElement, edit: Edit, change: (text: string) => void): void {
  change(edit.text);
  requestAnimationFrame(() => {
    field.focus();
    field.setSelectionRange(edit.from, edit.to);
  });
}

/** Grows with its text where the browser cannot do that alone. */
function useHeight(box: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when the text changes
  useLayoutEffect(() => {
    const field = box.current;
    if (growsByItself || !field) return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }, [box, text]);
}
