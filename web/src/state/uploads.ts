// Files on their way: sent piece by piece, one file after the other, and posted as messages once they are
// there. What was sent counts when the server comes back. They do not outlive the page, unlike messages.
import type { Api } from '../api/client';
import { asFailure, type Failure } from '../api/http';
import type { Draft, Outbox, Pending, PendingFile } from './outbox';
import { Sha256 } from './sha256';
import { createStore } from './store';

/** The bytes of a file: the browser's Blob, as far as it is needed. */
export type Bytes = { size: number; slice: (from: number, to: number) => { arrayBuffer: () => Promise<ArrayBuffer> } };

/** A file as it was chosen. */
export type Chosen = Omit<PendingFile, 'sent' | 'fileId' | 'thumbId'> & {
  bytes: Bytes;
  /** A small JPEG of it, if it is something to see. */
  thumb: { bytes: Bytes; width: number; height: number } | null;
};

type Job = Chosen & { localId: string; fileUpload: string; thumbUpload: string; tried: Set<string>; stopped: boolean };

export type UploadsParts = {
  api: Pick<Api, 'chunks' | 'sendChunk' | 'finishFile'>;
  outbox: Pick<Outbox, 'send'>;
  now: () => number;
  newId: () => string;
  /** The file is posted or given up: what shows it in the meantime can go. */
  onEnd: (file: PendingFile) => void;
};

/** So much goes in one request: little enough for a slow line to send before anyone gives up. */
export const CHUNK = 1 << 20;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30_000;

export class Uploads {
  readonly store = createStore<readonly Pending[]>(() => []);
  readonly #parts: UploadsParts;
  readonly #jobs = new Map<string, Job>();
  #busy = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: UploadsParts) {
    this.#parts = parts;
  }

  /** Sends a file into a room. */
  add(roomId: number, file: Chosen, reply: Draft['reply'] = null): void {
    const { newId, now } = this.#parts;
    const localId = newId();
    const { bytes: _, thumb: __, ...shown } = file;
    this.#jobs.set(localId, {
      ...file,
      localId,
      fileUpload: newId(),
      thumbUpload: newId(),
      tried: new Set(),
      stopped: false,
    });
    const pending: Pending = {
      localId,
      roomId,
      text: '',
      reply,
      createdAt: now(),
      state: 'sending',
      trouble: null,
      file: { ...shown, sent: 0, fileId: 0, thumbId: 0 },
    };
    this.store.setState([...this.store.getState(), pending], true);
    void this.#work();
  }

  /** Sends what was refused or stopped again. */
  retry(localId: string): void {
    const job = this.#jobs.get(localId);
    if (!job) return;
    job.stopped = false;
    this.#set(localId, { state: 'sending', trouble: null });
    void this.#work();
  }

  /** Gives a file up, also in the middle. */
  discard(localId: string): void {
    const job = this.#jobs.get(localId);
    if (job) job.stopped = true;
    this.#end(localId);
  }

  /** The server may be back: goes on, now. */
  wake(): void {
    clearTimeout(this.#timer);
    void this.#work();
  }

  stop(): void {
    clearTimeout(this.#timer);
    for (const { localId } of this.store.getState()) this.discard(localId);
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        this.#set(next.localId, { state: 'sending' });
        if (!(await this.#send(next))) return;
      }
    } finally {
      this.#busy = false;
    }
  }

  #next(): Pending | undefined {
    return this.store.getState().find((p) => p.state !== 'failed');
  }

  /** Whether the next file may be tried. */
  async #send(p: Pending): Promise<boolean> {
    const job = this.#jobs.get(p.localId);
    if (!job) return true;
    try {
      const ids = await this.#upload(job);
      this.#failures = 0;
      if (!job.stopped) this.#post(p.localId, ids);
      return true;
    } catch (e) {
      if (job.stopped) return true;
      const failure = asFailure(e);
      if (failure.passing || failure.status === 401) {
        this.#wait(failure);
        return false;
      }
      this.#set(p.localId, { state: 'failed', trouble: failure.message });
      return true;
    }
  }

  async #upload(job: Job): Promise<{ fileId: number; thumbId: number }> {
    const fileId = await this.#whole(job, job.bytes, {
      uploadId: () => job.fileUpload,
      anew: () => {
        job.fileUpload = this.#parts.newId();
      },
      about: { fileName: job.name, mimeType: job.mime, type: job.type, metaData: job.meta },
      onSent: (sent) => this.#progress(job.localId, sent),
    });
    if (!job.thumb || job.stopped) return { fileId, thumbId: 0 };
    const { bytes, width, height } = job.thumb;
    const thumbId = await this.#whole(job, bytes, {
      uploadId: () => job.thumbUpload,
      anew: () => {
        job.thumbUpload = this.#parts.newId();
      },
      about: {
        fileName: `thumb_${job.name}`.slice(0, 200),
        mimeType: 'image/jpeg',
        type: 'image',
        metaData: { duration: 0, width, height },
      },
      onSent: () => {},
    });
    return { fileId, thumbId };
  }

  /** Makes a file of some bytes. What cannot become one under its id is sent again under another. */
  async #whole(job: Job, bytes: Bytes, how: How): Promise<number> {
    try {
      return await this.#try(job, bytes, how);
    } catch (e) {
      if (!isSpent(asFailure(e))) throw e;
      how.anew();
      return this.#try(job, bytes, how);
    }
  }

  /** Sends what the server does not have yet, and has it put together. */
  async #try(job: Job, bytes: Bytes, how: How): Promise<number> {
    const { api } = this.#parts;
    const total = Math.max(1, Math.ceil(bytes.size / CHUNK));
    // Asked only when some may be there: the first time, nothing is.
    const here = new Set(job.tried.has(how.uploadId()) ? await api.chunks(how.uploadId()) : []);
    job.tried.add(how.uploadId());
    const sum = new Sha256();
    for (let n = 0; n < total; n++) {
      if (job.stopped) return 0;
      const piece = new Uint8Array(await bytes.slice(n * CHUNK, Math.min(bytes.size, (n + 1) * CHUNK)).arrayBuffer());
      sum.update(piece);
      if (!here.has(n)) await api.sendChunk(how.uploadId(), n, base64(piece));
      how.onSent(Math.min(bytes.size, (n + 1) * CHUNK));
    }
    const about = { ...how.about, clientId: how.uploadId(), size: bytes.size, total, fileHash: sum.hex() };
    return (await api.finishFile(about)).id;
  }

  #post(localId: string, ids: { fileId: number; thumbId: number }): void {
    const pending = this.store.getState().find((p) => p.localId === localId);
    if (!pending?.file) return;
    const { roomId, text, reply, file } = pending;
    this.#parts.outbox.send({ roomId, text, reply, file: { ...file, ...ids } }, localId);
    this.#jobs.delete(localId);
    this.#drop(localId);
  }

  #progress(localId: string, sent: number): void {
    const file = this.store.getState().find((p) => p.localId === localId)?.file;
    if (file) this.#set(localId, { file: { ...file, sent } });
  }

  #wait(failure: Failure): void {
    this.store.setState(
      this.store.getState().map((p) => (p.state === 'sending' ? { ...p, state: 'waiting' as const } : p)),
      true,
    );
    const pause = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    this.#failures += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.wake(), Math.max(pause, (failure.retryAfter ?? 0) * 1000));
  }

  #set(localId: string, change: Partial<Pending>): void {
    this.store.setState(
      this.store.getState().map((p) => (p.localId === localId ? { ...p, ...change } : p)),
      true,
    );
  }

  #end(localId: string): void {
    const file = this.store.getState().find((p) => p.localId === localId)?.file;
    this.#jobs.delete(localId);
    this.#drop(localId);
    if (file) this.#parts.onEnd(file);
  }

  #drop(localId: string): void {
    this.store.setState(
      this.store.getState().filter((p) => p.localId !== localId),
      true,
    );
  }
}

type How = {
  uploadId: () => string;
  anew: () => void;
  about: Pick<Parameters<Api['finishFile']>[0], 'fileName' | 'mimeType' | 'type' | 'metaData'>;
  onSent: (bytes: number) => void;
};

/**
 * Whether nothing more can come of an upload: it was finished before and the answer was lost (409, or 400
 * for one piece more), or what came in is not what was sent (411).
 */
const isSpent = ({ status, message }: Failure): boolean =>
  status === 409 || status === 411 || (status === 400 && message.includes('already exists'));

/** So many arguments a function takes everywhere. */
const AT_ONCE = 8192;

export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  }
  return btoa(text);
}
