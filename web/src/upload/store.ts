/**
 * Uploads this browser has begun, kept in IndexedDB until they are done. The file goes with the
 * record where the browser allows it: as a handle (no copy; reading needs the person's leave
 * after a reload), or, when small, as a copy. Otherwise the person is asked for it again.
 */
import type { FileFacts } from './types';

export interface UploadRecord {
  video_id: string;
  user_id: string;
  title: string;
  file: FileFacts;
  paused: boolean;
  begun_at: number;
  handle?: FileSystemFileHandle;
  copy?: File;
}

export interface UploadStore {
  all(userId: string): Promise<UploadRecord[]>;
  put(record: UploadRecord): Promise<void>;
  delete(videoId: string): Promise<void>;
}

const DATABASE = 'socialflow';
const UPLOADS = 'uploads';

export class IndexedDbStore implements UploadStore {
  #opening: Promise<IDBDatabase> | null = null;

  async all(userId: string): Promise<UploadRecord[]> {
    const records = await this.#run<UploadRecord[]>('readonly', (uploads) => uploads.getAll());
    return records
      .filter((record) => record.user_id === userId)
      .sort((a, b) => a.begun_at - b.begun_at);
  }

  /** Keeps the record even where the browser will not keep the file with it. */
  async put(record: UploadRecord): Promise<void> {
    try {
      await this.#run('readwrite', (uploads) => uploads.put(record));
    } catch (error) {
      if (!record.copy && !record.handle) throw error;
      const { copy: _copy, handle: _handle, ...bare } = record;
      await this.#run('readwrite', (uploads) => uploads.put(bare));
    }
  }

  async delete(videoId: string): Promise<void> {
    await this.#run('readwrite', (uploads) => uploads.delete(videoId));
  }

  async #run<T>(
    mode: IDBTransactionMode,
    act: (uploads: IDBObjectStore) => IDBRequest,
  ): Promise<T> {
    this.#opening ??= open();
    const database = await this.#opening;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(UPLOADS, mode);
      const request = act(transaction.objectStore(UPLOADS));
      transaction.oncomplete = () => resolve(request.result as T);
      transaction.onabort = () => reject(transaction.error ?? request.error ?? aborted());
      transaction.onerror = () => reject(transaction.error ?? request.error ?? aborted());
    });
  }
}

function aborted(): Error {
  return new DOMException('the browser gave the transaction up', 'AbortError');
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(UPLOADS, { keyPath: 'video_id' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? aborted());
  });
}
