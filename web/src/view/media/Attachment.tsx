// The file a message brings: a picture, a video, a recording, or a card with its name.
import { Download, File, FileArchive, FileText, ImageOff } from 'lucide-react';
import { useState } from 'react';
import type { FileRef, Message } from '../../api/wire';
import { fileAddress, roomFor, shownOf, sizeOf } from './address';
import { Lightbox } from './Lightbox';
import './media.css';

export function Attachment({ message }: { message: Message }) {
  const { file, thumb } = message.body;
  if (!file) return <p className="deleted">The file is not there any more.</p>;
  switch (message.type) {
    case 'image':
      return <Picture file={file} thumb={thumb ?? null} from={message.senderName} />;
    case 'video':
      return <Video file={file} thumb={thumb ?? null} />;
    case 'audio':
      return (
        <div className="recording">
          <FileLine file={file} />
          {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote captions for what people send */}
          <audio controls preload="none" src={fileAddress(file.id)} aria-label={file.fileName} />
        </div>
      );
    default:
      return <FileCard file={file} />;
  }
}

const measured = (file: FileRef, thumb: FileRef | null) =>
  roomFor(file.metaData.width > 0 ? file.metaData : (thumb?.metaData ?? file.metaData));

type Seen = { file: FileRef; thumb: FileRef | null };

export function Picture({ file, thumb, from }: Seen & { from: string }) {
  const [open, setOpen] = useState(false);
  const [broken, setBroken] = useState(false);
  if (broken) return <FileCard file={file} />;
  const { width, height } = measured(file, thumb);
  return (
    <>
      <button
        type="button"
        className="picture"
        aria-label={`Open picture ${file.fileName}`}
        style={{ width, aspectRatio: `${width} / ${height}` }}
        onClick={() => setOpen(true)}
      >
        <img
          src={fileAddress(shownOf(file, thumb).id)}
          alt={`${file.fileName}, from ${from}`}
          width={width}
          height={height}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
        />
      </button>
      {open && <Lightbox file={file} onClose={() => setOpen(false)} />}
    </>
  );
}

function Video({ file, thumb }: Seen) {
  const { width, height } = measured(file, thumb);
  return (
    <div className="video">
      {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote captions for what people send */}
      <video
        controls
        preload={thumb ? 'none' : 'metadata'}
        poster={thumb ? fileAddress(thumb.id) : undefined}
        src={fileAddress(file.id)}
        aria-label={file.fileName}
        style={{ width, aspectRatio: `${width} / ${height}` }}
      />
      <FileLine file={file} />
    </div>
  );
}

const FileLine = ({ file }: { file: FileRef }) => (
  <p className="file-line">
    <a href={fileAddress(file.id)} download={file.fileName}>
      {file.fileName}
    </a>{' '}
    <span>{sizeOf(file.size)}</span>
  </p>
);

export function FileCard({ file }: { file: FileRef }) {
  return (
    <a
      className="file-card"
      href={fileAddress(file.id)}
      download={file.fileName}
      aria-label={`Download ${file.fileName}, ${sizeOf(file.size)}`}
    >
      <FileSign mime={file.mimeType} />
      <span className="file-card-words">
        <b>{file.fileName}</b>
        <span>{sizeOf(file.size)}</span>
      </span>
      <Download size={17} aria-hidden className="file-card-get" />
    </a>
  );
}

export function FileSign({ mime }: { mime: string }) {
  const Sign = mime.startsWith('image/')
    ? ImageOff
    : /zip|tar|compressed|7z|rar/.test(mime)
      ? FileArchive
      : /^text\/|pdf|document/.test(mime)
        ? FileText
        : File;
  return (
    <span className="file-sign" aria-hidden="true">
      <Sign size={20} />
    </span>
  );
}
