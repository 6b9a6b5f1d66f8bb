import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import { IndexedDbStore, type UploadRecord } from '../../src/upload/store';

function record(video_id: string, more: Partial<UploadRecord> = {}): UploadRecord {
  return {
    video_id,
    user_id: 'usr_1',
    title: 'A',
    file: { name: 'a.mp4', size_bytes: 3, content_type: 'video/mp4' },
    paused: false,
    begun_at: 1,
    ...more,
  };
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe('kept uploads', () => {
  it('are there for another page, oldest first', async () => {
    const store = new IndexedDbStore();
    await store.put(record('vid_2', { begun_at: 2 }));
    await store.put(record('vid_1', { begun_at: 1, paused: true }));
    const found = await new IndexedDbStore().all('usr_1');
    expect(found.map((each) => [each.video_id, each.paused])).toEqual([
      ['vid_1', true],
      ['vid_2', false],
    ]);
  });

  it('are shown to nobody else', async () => {
    const store = new IndexedDbStore();
    await store.put(record('vid_1'));
    expect(await store.all('usr_2')).toEqual([]);
  });

  it('go when they are deleted', async () => {
    const store = new IndexedDbStore();
    await store.put(record('vid_1'));
    await store.delete('vid_1');
    expect(await store.all('usr_1')).toEqual([]);
  });

  it('are kept without the file where the browser will not store it', async () => {
    const store = new IndexedDbStore();
    const unclonable = { getFile: () => undefined } as unknown as FileSystemFileHandle;
    await store.put(record('vid_1', { handle: unclonable }));
    const [found] = await store.all('usr_1');
    expect(found?.video_id).toBe('vid_1');
    expect(found?.handle).toBeUndefined();
  });
});
