import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { Message } from '../../api/wire';
import { useApp, useDesk } from '../app/context';
import { Button } from '../kit/Button';
import { useTask } from '../kit/useTask';
import { edit } from './editing';
import './edit.css';

/** A message's text as it is being changed, in the place of the message. */
export function EditMessage({ message, text }: { message: Message; text: string }) {
  const { api } = useApp();
  const { live } = useDesk();
  const { busy, problem, run } = useTask();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const box = field.current;
    box?.focus();
    box?.setSelectionRange(box.value.length, box.value.length);
  }, []);
  const end = () => {
    const row = field.current?.closest<HTMLElement>('article');
    edit(null);
    row?.focus({ preventScroll: true });
  };
  const save = async () => {
    const now = text.trim();
    if (now === '') return;
    if (now === message.body.text) return end();
    if (await run(async () => live.changed(await api.editMessage(message.id, now)))) end();
  };
  const onKey = (e: KeyboardEvent) => {
    if (e.nativeEvent.isComposing) return;
    if (e.key === 'Escape') {
      e.stopPropagation();
      end();
    } else if (e.key === 'Enter' && !e.shiftKey) {
      e.preventDefault();
      void save();
    }
  };
  return (
    <form
      className="edit-message"
      onSubmit={(e) => {
        e.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={field}
        rows={1}
        aria-label="Edit message"
        value={text}
        onChange={(e) => edit({ id: message.id, text: e.target.value })}
        onKeyDown={onKey}
      />
      <div className="edit-actions">
        <Button kind="primary" type="submit" busy={busy} disabled={text.trim() === ''}>
          Save
        </Button>
        <Button onClick={end}>Cancel</Button>
        {problem && (
          <p role="alert" className="edit-problem">
            {problem}
          </p>
        )}
      </div>
    </form>
  );
}
