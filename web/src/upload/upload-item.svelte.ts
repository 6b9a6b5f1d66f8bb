/**
 * One upload as the pages see it: its file, its record in the browser, and its turn among the
 * others. `Upload` does the sending.
 */
import { uploadApi } from '../api/uploads';
import { getVideo } from '../api/videos';
import { ApiError, inPlainWords } from '../api/problem';
import { mismatch, type ChosenFile } from './chosen-file';
import { keepable, mayRead } from './kept-file';
import { onlyInOneTab } from './one-tab';
import { browserSurroundings } from './retry';
import { Semaphore } from './semaphore';
import type { UploadRecord, UploadStore } from './store';
import { XhrTransport } from './transport';
import type { CreatedUpload, UploadProgress } from './types';
import { Upload } from './upload';

/** Files sent at once; each sends several parts at once. */
const FILES_AT_ONCE = 2;

const transport = new XhrTransport();
const places = new Semaphore(FILES_AT_ONCE);

/** Who has the uploads together, and keeps their records. */
export interface UploadHolder {
  readonly store: UploadStore;
  /** There is nothing left to send. */
  forget(videoId: string): void;
}

export class UploadItem {
  readonly videoId: string;
  progress: UploadProgress = $state.raw({
    phase: 'preparing',
    sentBytes: 0,
    totalBytes: 0,
    bytesPerSecond: null,
    secondsLeft: null,
    message: null,
  });
  /** False where the browser keeps no records (some private modes): a reload loses the upload. */
  isRemembered = $state(true);
  readonly record: UploadRecord;
  file: File | null;
  readonly #holder: UploadHolder;
  #created: CreatedUpload | null;
  #upload: Upload | null = null;
  #stop: AbortController | null = null;
  #driving: Promise<void> | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    holder: UploadHolder,
    record: UploadRecord,
    file: File | null,
    created: CreatedUpload | null,
  ) {
    this.#holder = holder;
    this.videoId = record.video_id;
    this.record = record;
    this.file = file;
    this.#created = created;
    this.progress = { ...this.progress, totalBytes: record.file.size_bytes };
  }

  show(phase: UploadProgress['phase'], message: string | null = null): void {
    this.progress = { ...this.progress, phase, message, bytesPerSecond: null, secondsLeft: null };
  }

  /** Called every second, so that speed falls when nothing moves. */
  refresh(): void {
    if (this.#upload && this.progress.phase === 'uploading') this.progress = this.#upload.progress;
  }

  /** Stops sending without writing down that the person wanted it so. */
  halt(): void {
    this.#stop?.abort(new DOMException('paused', 'AbortError'));
    this.#upload?.pause();
  }

  async pause(): Promise<void> {
    this.halt();
    await this.#driving;
    if (this.progress.phase === 'done') return;
    this.show('paused');
    this.record.paused = true;
    await this.save();
  }

  /** Goes on, asking the browser for leave to read the file again where it wants that. */
  async resume(): Promise<void> {
    this.record.paused = false;
    await this.save();
    if (!this.file && this.record.handle) await this.#readHandle(this.record.handle, true);
    if (this.file) this.drive();
    else if (this.progress.phase !== 'needs-permission') this.show('needs-file');
  }

  /** After a reload: goes on by itself where nothing has to be asked. */
  async restore(): Promise<void> {
    if (!this.file && this.record.handle) await this.#readHandle(this.record.handle, false);
    if (this.record.paused) this.show('paused');
    else if (this.file) this.drive();
    else if (this.progress.phase !== 'needs-permission') this.show('needs-file');
  }

  /** The same file, chosen again. Returns why it cannot be the same, or null. */
  async giveFile(chosen: ChosenFile): Promise<string | null> {
    const wrong = mismatch(this.record.file, chosen.file);
    if (wrong) return wrong;
    this.file = chosen.file;
    this.#upload = null;
    Object.assign(this.record, keepable(chosen));
    await this.resume();
    return null;
  }

  async cancel(): Promise<void> {
    this.halt();
    await this.#driving;
    await this.#erase();
    this.#holder.forget(this.videoId);
  }

  drive(): void {
    this.#driving ??= this.#drive().finally(() => {
      this.#driving = null;
    });
  }

  async #drive(): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    try {
      this.show('queued');
      const leave = await places.enter(stop.signal);
      try {
        await onlyInOneTab(this.videoId, stop.signal, () => this.show('elsewhere'), () =>
          this.#send(stop.signal),
        );
      } finally {
        leave();
      }
    } catch (error) {
      if (stop.signal.aborted) this.show('paused');
      else this.show('failed', inPlainWords(error));
    }
  }

  async #send(signal: AbortSignal): Promise<void> {
    if (!this.#created && (await this.#isOver())) return;
    const upload = (this.#upload ??= this.#makeUpload());
    signal.throwIfAborted();
    const phase = await upload.start();
    if (phase === 'done') await this.#done();
    if (phase === 'needs-file') this.file = null;
  }

  /** Finished or deleted in the meantime, here in another tab or on another device. */
  async #isOver(): Promise<boolean> {
    this.show('preparing');
    try {
      const { video } = await getVideo(this.videoId);
      if (video.status === 'uploading') return false;
    } catch (error) {
      // Without a line the upload itself waits for one.
      if (!(error instanceof ApiError) || error.status !== 404) return false;
    }
    await this.#done();
    return true;
  }

  async #done(): Promise<void> {
    this.show('done');
    await this.#erase();
    this.#holder.forget(this.videoId);
  }

  async #erase(): Promise<void> {
    await this.#saving;
    if (this.isRemembered) await this.#holder.store.delete(this.videoId);
  }

  #makeUpload(): Upload {
    if (!this.file) throw new Error('an upload is made once its file is there');
    const created = this.#created;
    this.#created = null;
    const source = { videoId: this.videoId, file: this.file };
    const upload: Upload = new Upload(
      created
        ? { ...source, created: { plan: created.upload, urls: created.upload.parts } }
        : source,
      {
        api: uploadApi,
        transport,
        surroundings: browserSurroundings,
        onChange: () => {
          this.progress = upload.progress;
        },
      },
    );
    return upload;
  }

  /** Writes the record; in order, because the last word has to win. */
  save(): Promise<void> {
    this.#saving = this.#saving
      .then(() => this.#holder.store.put(this.record))
      .then(
        () => {
          this.isRemembered = true;
        },
        () => {
          this.isRemembered = false;
        },
      );
    return this.#saving;
  }

  async #readHandle(handle: FileSystemFileHandle, mayAsk: boolean): Promise<void> {
    try {
      if (!(await mayRead(handle, mayAsk))) {
        this.show('needs-permission', 'Your browser asks before the file is read again.');
        return;
      }
      const file = await handle.getFile();
      const wrong = mismatch(this.record.file, file);
      if (wrong) this.show('needs-file', wrong);
      else this.file = file;
    } catch {
      this.show('needs-file', 'The file is not where it was. Choose it again to go on.');
    }
  }
}
