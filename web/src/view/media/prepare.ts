// Looks at files that were chosen: what they are, how large their picture is, and a small one of it.
import type { Chosen } from '../../state/uploads';

const WIDTH = 256;
const QUALITY = 0.8;
const PATIENCE_MS = 8000;

const kinds = ['image', 'video', 'audio'] as const;

/** What can be shown in a page; all else is a file to download. */
const showable =
  /^(image\/(png|jpeg|gif|webp|bmp|avif)|audio\/(mpeg|mp4|aac|ogg|wav|x-wav|webm|flac|x-m4a)|video\/(mp4|webm|ogg|quicktime))$/;

/** A file ready to be sent. What cannot be looked at is sent as a plain file. */
export async function prepare(file: File): Promise<Chosen> {
  const mime = file.type || 'application/octet-stream';
  const type = (showable.test(mime) && kinds.find((k) => mime.startsWith(`${k}/`))) || 'file';
  const plain: Chosen = {
    type,
    name: file.name || `pasted.${mime.split('/')[1] ?? 'bin'}`,
    mime,
    size: file.size,
    meta: { duration: 0, width: 0, height: 0 },
    preview: null,
    bytes: file,
    thumb: null,
  };
  const look = { image, video, audio, file: null }[type];
  if (!look) return plain;
  const preview = URL.createObjectURL(file);
  try {
    return { ...plain, ...(await look(preview)), preview: type === 'audio' ? null : preview };
  } catch {
    URL.revokeObjectURL(preview);
    return { ...plain, type: 'file' };
  } finally {
    if (type === 'audio') URL.revokeObjectURL(preview);
  }
}

type Found = Pick<Chosen, 'meta' | 'thumb'>;

async function image(address: string): Promise<Found> {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const { naturalWidth: width, naturalHeight: height } = picture;
  return { meta: { duration: 0, width, height }, thumb: await small(picture, width, height) };
}

async function video(address: string): Promise<Found> {
  const film = document.createElement('video');
  film.muted = true;
  film.preload = 'auto';
  film.src = address;
  await heard(film, 'loadeddata');
  const { videoWidth: width, videoHeight: height } = film;
  return { meta: { duration: seconds(film), width, height }, thumb: await small(film, width, height) };
}

async function audio(address: string): Promise<Found> {
  const sound = new Audio(address);
  sound.preload = 'metadata';
  await heard(sound, 'loadedmetadata');
  return { meta: { duration: seconds(sound), width: 0, height: 0 }, thumb: null };
}

const seconds = ({ duration }: HTMLMediaElement): number => (Number.isFinite(duration) ? Math.round(duration) : 0);

const heard = (media: HTMLMediaElement, event: string): Promise<void> =>
  new Promise((resolve, reject) => {
    media.addEventListener(event, () => resolve(), { once: true });
    media.addEventListener('error', () => reject(new Error('it cannot be played')), { once: true });
    setTimeout(() => reject(new Error('it takes too long')), PATIENCE_MS);
  });

/** A JPEG before white, upright as the browser shows it. */
async function small(from: CanvasImageSource, width: number, height: number): Promise<Found['thumb']> {
  if (width < 1 || height < 1) throw new Error('there is nothing to see');
  const canvas = document.createElement('canvas');
  canvas.width = Math.min(WIDTH, width);
  canvas.height = Math.max(1, Math.round((height * canvas.width) / width));
  const pen = canvas.getContext('2d');
  if (!pen) return null;
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(from, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  return blob && { bytes: blob, width: canvas.width, height: canvas.height };
}
