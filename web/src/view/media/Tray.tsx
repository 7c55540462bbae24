// The files beside the text that is being written, and the ways to put some there.
import { Paperclip, Upload, X } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { IconButton } from '../kit/Button';
import { FileSign } from './Attachment';
import { sizeOf } from './address';
import { type Attached, attach, detach } from './attached';

export function Tray({ roomId, files }: { roomId: number; files: readonly Attached[] }) {
  if (files.length === 0) return null;
  return (
    <ul className="tray" aria-label="Files to send">
      {files.map((f) => (
        <li key={f.key} className="tray-one">
          {f.preview && f.type === 'image' ? (
            <span className="file-sign">
              <img src={f.preview} alt="" />
            </span>
          ) : (
            <FileSign mime={f.type === 'image' ? '' : f.mime} />
          )}
          <span className="file-card-words">
            <b>{f.name}</b>
            <span>{sizeOf(f.size)}</span>
          </span>
          <IconButton label={`Do not send ${f.name}`} onClick={() => detach(roomId, f.key)}>
            <X size={16} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

export function AttachButton({ roomId }: { roomId: number }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label="Attach files" onClick={() => field.current?.click()}>
        <Paperclip size={17} aria-hidden />
      </IconButton>
      <input
        ref={field}
        type="file"
        multiple
        hidden
        onChange={(e) => {
          void attach(roomId, [...(e.target.files ?? [])]);
          e.target.value = ''; // The same file can be chosen again.
          document.querySelector<HTMLElement>('[data-composer]')?.focus();
        }}
      />
    </>
  );
}

const withFiles = (e: DragEvent) => e.dataTransfer?.types.includes('Files') ?? false;

/** Takes files that are dropped on the element, and says so while they hover over it. */
export function DropHere({ roomId, name, on }: { roomId: number; name: string; on: RefObject<HTMLElement | null> }) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = on.current;
    if (!element) return;
    let depth = 0; // Entering a child comes before leaving its parent.
    const move = (by: number) => (e: DragEvent) => {
      if (!withFiles(e)) return;
      e.preventDefault();
      depth += by;
      setOver(depth > 0);
    };
    const [enter, leave, stay] = [move(1), move(-1), move(0)];
    const drop = (e: DragEvent) => {
      if (!withFiles(e)) return;
      e.preventDefault();
      depth = 0;
      setOver(false);
      void attach(roomId, [...(e.dataTransfer?.files ?? [])]);
    };
    element.addEventListener('dragenter', enter);
    element.addEventListener('dragleave', leave);
    element.addEventListener('dragover', stay);
    element.addEventListener('drop', drop);
    return () => {
      element.removeEventListener('dragenter', enter);
      element.removeEventListener('dragleave', leave);
      element.removeEventListener('dragover', stay);
      element.removeEventListener('drop', drop);
    };
  }, [roomId, on]);
  if (!over) return null;
  return (
    <div className="drop-here">
      <Upload size={26} aria-hidden /> Drop files to send them to {name}
    </div>
  );
}
