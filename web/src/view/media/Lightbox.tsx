import { Download, ExternalLink, X } from 'lucide-react';
import type { FileRef } from '../../api/wire';
import { IconButton } from '../kit/Button';
import { Dialog } from '../kit/Dialog';
import { fileAddress, sizeOf } from './address';

/** A picture as large as the window allows. */
export function Lightbox({ file, onClose }: { file: FileRef; onClose: () => void }) {
  const address = fileAddress(file.id);
  const { width, height } = file.metaData;
  return (
    <Dialog title={`Picture ${file.fileName}`} bare className="lightbox" onClose={onClose}>
      <header className="lightbox-head">
        <p>
          <b>{file.fileName}</b> <span>{sizeOf(file.size)}</span>
        </p>
        <a
          className="icon-button"
          href={address}
          target="_blank"
          rel="noopener"
          aria-label="Open original"
          title="Open original"
        >
          <ExternalLink size={18} aria-hidden />
        </a>
        <a className="icon-button" href={address} download={file.fileName} aria-label="Download" title="Download">
          <Download size={18} aria-hidden />
        </a>
        <IconButton label="Close" onClick={onClose}>
          <X size={20} aria-hidden />
        </IconButton>
      </header>
      <img src={address} alt={file.fileName} width={width || undefined} height={height || undefined} />
    </Dialog>
  );
}
