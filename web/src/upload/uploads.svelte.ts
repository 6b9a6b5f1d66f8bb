/**
 * The uploads of whoever is signed in: begun here, found again after a reload, or taken over from
 * another device.
 */
import { SvelteMap } from 'svelte/reactivity';
import { abortUpload, createVideo, uploadApi } from '../api/uploads';
import { deleteVideo, type Video } from '../api/videos';
import { ApiError } from '../api/problem';
import { factsOf, mismatch, type ChosenFile } from './chosen-file';
import { keepable } from './kept-file';
import { IndexedDbStore, type UploadRecord } from './store';
import type { CreatedUpload, NewUpload } from './types';
import { UploadItem, type UploadHolder } from './upload-item.svelte';

class Uploads implements UploadHolder {
  readonly store = new IndexedDbStore();
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
    for (const record of await this.store.all(userId)) {
      if (this.#userId !== userId || this.items.has(record.video_id)) continue;
      const item = new UploadItem(this, record, record.copy ?? null, null);
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
    await this.#take(userId, created.video, chosen, created);
    return created.video;
  }

  /** An upload begun elsewhere: this browser has the file to go on with. */
  async adopt(userId: string, video: Video, chosen: ChosenFile): Promise<string | null> {
    const { file_name: name, size_bytes } = await uploadApi.received(video.id);
    const wrong = mismatch({ name, size_bytes }, chosen.file);
    if (wrong) return wrong;
    await this.#take(userId, video, chosen, null);
    return null;
  }

  async #take(
    userId: string,
    { id, title }: Video,
    chosen: ChosenFile,
    created: CreatedUpload | null,
  ): Promise<void> {
    const record: UploadRecord = {
      video_id: id,
      user_id: userId,
      title,
      file: factsOf(chosen.file),
      paused: false,
      begun_at: Date.now(),
      ...keepable(chosen),
    };
    const item = new UploadItem(this, record, chosen.file, created);
    this.items.set(item.videoId, item);
    item.drive();
    await item.save();
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
