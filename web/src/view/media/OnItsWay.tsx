import type { PendingFile } from '../../state/outbox';
import { FileSign } from './Attachment';
import { roomFor, sizeOf } from './address';

/** A file that is being sent, in the shape it will have. */
export function OnItsWay({ file }: { file: PendingFile }) {
  const { width, height } = roomFor(file.meta);
  const sent = Math.min(1, file.sent / file.size);
  return (
    <>
      {file.preview && file.type === 'image' ? (
        <span className="picture" style={{ width, aspectRatio: `${width} / ${height}` }}>
          <img src={file.preview} alt={file.name} width={width} height={height} />
        </span>
      ) : (
        <div className="file-card">
          <FileSign mime={file.type === 'image' ? '' : file.mime} />
          <span className="file-card-words">
            <b>{file.name}</b>
            <span>{sizeOf(file.size)}</span>
          </span>
        </div>
      )}
      {file.fileId === 0 && (
        <progress className="file-way" value={sent} max={1} aria-label={`Sending ${file.name}`}>
          {Math.round(sent * 100)} %
        </progress>
      )}
    </>
  );
}
