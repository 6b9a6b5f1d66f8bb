/**
 * The uploads of whoever is signed in: begun here, found again after a reload, or taken over from
 * another device. Holds them for the pages and drives them; `Upload` does the sending.
 */
import { SvelteMap } from 'svelte/reactivity';
import { abortUpload, createVideo, uploadApi } from '../api/uploads';
import { deleteVideo, getVideo, type Video } from '../api/videos';
import { ApiError, inPlainWords } from '../api/problem';
import { factsOf, mismatch, type ChosenFile } from './chosen-file';
import { browserSurroundings } from './retry';
import { Semaphore } from './semaphore';
import { IndexedDbStore, type UploadRecord } from './store';
import { XhrTransport } from './transport';
import type { CreatedUpload, NewUpload, UploadProgress } from './types';
import { Upload } from './upload';

/** Files sent at once; each sends several parts at once. */
const FILES_AT_ONCE = 2;
/** Small enough that keeping a copy in the browser costs a moment only. */
const COPY_LIMIT_BYTES = 256 * 1000 * 1000;
const ELSEWHERE_AFTER_MS = 1_000;

const store = new IndexedDbStore();
const transport = new XhrTransport();
const places = new Semaphore(FILES_AT_ONCE);

/** One upload as the pages see it. */
export class UploadItem {
  readonly videoId: string;
  progress: UploadProgress = $state.raw(idle('preparing', 0));
  /** False where the browser keeps no records (some private modes): a reload loses the upload. */
  isRemembered = $state(true);
  readonly record: UploadRecord;
  file: File | null;
  #created: CreatedUpload | null;
  #upload: Upload | null = null;
  #stop: AbortController | null = null;
  #driving: Promise<void> | null = null;
  #saving: Promise<void> = Promise.resolve();

  constructor(record: UploadRecord, file: File | null, created: CreatedUpload | null) {
    this.videoId = record.video_id;
    this.record = record;
    this.file = file;
    this.#created = created;
    this.progress = idle('preparing', record.file.size_bytes);
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
    uploads.forget(this.videoId);
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
    uploads.forget(this.videoId);
  }

  async #erase(): Promise<void> {
    await this.#saving;
    if (this.isRemembered) await store.delete(this.videoId);
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
      .then(() => store.put(this.record))
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

class Uploads {
  readonly items = new SvelteMap<string, UploadItem>();
  /** Counts uploads that ended, for pages that show lists of videos. */
  finished = $state(0);
  #userId: string | null = null;

  constructor() {
    setInterval(() => {
      for (const item of this.items.values()) item.refresh();
    }, 1000);
  }

  /** Takes up what this person left unfinished on this browser. */
  async restore(userId: string): Promise<void> {
    if (this.#userId === userId) return;
    this.leave();
    this.#userId = userId;
    for (const record of await store.all(userId)) {
      if (this.#userId !== userId || this.items.has(record.video_id)) continue;
      const item = new UploadItem(record, record.copy ?? null, null);
      this.items.set(item.videoId, item);
      await item.restore();
    }
  }

  /** Someone logged out: nothing of theirs goes on. Their records stay for their return. */
  leave(): void {
    for (const item of this.items.values()) item.halt();
    this.items.clear();
    this.#userId = null;
  }

  /** Creates the video and starts sending. `key`: the same for tries of the same video. */
  async begin(userId: string, chosen: ChosenFile, upload: NewUpload, key: string): Promise<Video> {
    const created = await createVideo(upload, key);
    const record: UploadRecord = {
      video_id: created.video.id,
      user_id: userId,
      title: upload.title,
      file: upload.file,
      paused: false,
      begun_at: Date.now(),
      ...keepable(chosen),
    };
    const item = new UploadItem(record, chosen.file, created);
    this.items.set(item.videoId, item);
    item.drive();
    await item.save();
    return created.video;
  }

  /** An upload begun elsewhere: this browser has the file to go on with. */
  async adopt(userId: string, video: Video, chosen: ChosenFile): Promise<string | null> {
    const { file_name: name, size_bytes } = await uploadApi.received(video.id);
    const wrong = mismatch({ name, size_bytes }, chosen.file);
    if (wrong) return wrong;
    const record: UploadRecord = {
      video_id: video.id,
      user_id: userId,
      title: video.title,
      file: factsOf(chosen.file),
      paused: false,
      begun_at: Date.now(),
      ...keepable(chosen),
    };
    const item = new UploadItem(record, chosen.file, null);
    this.items.set(item.videoId, item);
    item.drive();
    await item.save();
    return null;
  }

  /** Gives the upload up, on the server too; what is left of the video goes with it. */
  async abort(videoId: string): Promise<void> {
    await this.items.get(videoId)?.cancel();
    try {
      await abortUpload(videoId);
    } catch (error) {
      // Completed or expired in the meantime: then there is a video to delete.
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      await deleteVideo(videoId);
    }
  }

  forget(videoId: string): void {
    if (this.items.delete(videoId)) this.finished += 1;
  }
}

export const uploads = new Uploads();

function idle(phase: UploadProgress['phase'], totalBytes: number): UploadProgress {
  const nothing = { bytesPerSecond: null, secondsLeft: null, message: null };
  return { phase, sentBytes: 0, totalBytes, ...nothing };
}

/** What of the file can be kept with the record: the handle, or a copy of a small one. */
function keepable(chosen: ChosenFile): Pick<UploadRecord, 'handle' | 'copy'> {
  if (chosen.handle) return { handle: chosen.handle };
  return chosen.file.size <= COPY_LIMIT_BYTES ? { copy: chosen.file } : {};
}

type Permission = (options: { mode: 'read' }) => Promise<PermissionState>;
interface AskableHandle extends FileSystemFileHandle {
  queryPermission?: Permission;
  requestPermission?: Permission;
}

async function mayRead(handle: AskableHandle, mayAsk: boolean): Promise<boolean> {
  const now = (await handle.queryPermission?.({ mode: 'read' })) ?? 'granted';
  if (now === 'granted' || !mayAsk) return now === 'granted';
  return (await handle.requestPermission?.({ mode: 'read' })) === 'granted';
}

/** Two tabs that send the same parts would only get in each other's way. */
async function onlyInOneTab(
  videoId: string,
  signal: AbortSignal,
  onWaiting: () => void,
  work: () => Promise<void>,
): Promise<void> {
  if (!navigator.locks) return work();
  const notice = setTimeout(onWaiting, ELSEWHERE_AFTER_MS);
  try {
    await navigator.locks.request(`socialflow.upload.${videoId}`, { signal }, () => {
      clearTimeout(notice);
      return work();
    });
  } finally {
    clearTimeout(notice);
  }
}
