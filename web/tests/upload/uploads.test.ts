import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChosenFile } from '../../src/upload/chosen-file';
import { FakeSite } from '../support/fake-site';

const TEXT = 'abcdefghijklmnopqrstuvwxyz0123456789';
const PARTS = 9;
const details = { title: 'A', description: '', tags: [], visibility: 'private' as const };
const chosen = (name = 'a.mp4', text = TEXT): ChosenFile => ({
  file: new File([text], name, { type: 'video/mp4' }),
});

let site: FakeSite;

/** The page as it is after loading: fresh modules over the same browser and the same server. */
async function loadPage() {
  vi.resetModules();
  const { uploads } = await import('../../src/upload/uploads.svelte');
  return uploads;
}

type Page = Awaited<ReturnType<typeof loadPage>>;

function begin(page: Page, file = chosen(), key = 'key-1') {
  const { name, size, type } = file.file;
  const facts = { name, size_bytes: size, content_type: type };
  return page.begin('usr_1', file, { ...details, file: facts }, key);
}

const only = (page: Page) => {
  const [item] = page.items.values();
  if (!item) throw new Error('there is no upload');
  return item;
};
const phase = (page: Page) => only(page).progress.phase;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  globalThis.indexedDB = new IDBFactory();
  const memory = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => memory.get(key) ?? null,
    setItem: (key: string, value: string) => memory.set(key, value),
    removeItem: (key: string) => memory.delete(key),
  });
  vi.stubGlobal('navigator', { onLine: true });
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  site = new FakeSite();
  site.install();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('an upload', () => {
  it('goes through, and is forgotten', async () => {
    const page = await loadPage();
    await begin(page);
    await vi.waitFor(() => expect(page.items.size).toBe(0));
    expect(site.videos.get('vid_1')?.status).toBe('uploaded');
    expect(site.sent).toHaveLength(PARTS);

    const reloaded = await loadPage();
    await reloaded.restore('usr_1');
    expect(reloaded.items.size).toBe(0);
  });

  it('that was cut off asks for the file after a reload and sends only the rest', async () => {
    const page = await loadPage();
    site.hangAfter = 4;
    await begin(page);
    await vi.waitFor(() => expect(site.sent).toHaveLength(8));
    page.leave();

    const reloaded = await loadPage();
    await forgetCopy();
    site.release();
    site.sent.length = 0;
    await reloaded.restore('usr_1');
    expect(phase(reloaded)).toBe('needs-file');
    expect(await only(reloaded).giveFile(chosen('b.mp4'))).toMatch(/begun with “a.mp4”/);
    expect(await only(reloaded).giveFile(chosen('a.mp4', 'shorter'))).toMatch(/has changed/);
    expect(site.sent).toEqual([]);

    expect(await only(reloaded).giveFile(chosen())).toBeNull();
    await vi.waitFor(() => expect(reloaded.items.size).toBe(0));
    expect(site.sent.toSorted()).toEqual([5, 6, 7, 8, 9]);
    expect(site.videos.get('vid_1')?.status).toBe('uploaded');
  });

  it('stays paused after a reload until it is continued', async () => {
    const page = await loadPage();
    site.hangAfter = 2;
    await begin(page);
    await vi.waitFor(() => expect(site.sent.length).toBeGreaterThan(2));
    await only(page).pause();
    expect(phase(page)).toBe('paused');

    const reloaded = await loadPage();
    site.release();
    await reloaded.restore('usr_1');
    expect(phase(reloaded)).toBe('paused');
  });

  it('that was finished on another device is just forgotten', async () => {
    const page = await loadPage();
    site.hangAfter = 0;
    await begin(page);
    await vi.waitFor(() => expect(site.sent.length).toBeGreaterThan(0));
    page.leave();
    const video = site.videos.get('vid_1');
    if (video) video.status = 'ready';

    const reloaded = await loadPage();
    await reloaded.restore('usr_1');
    await only(reloaded).giveFile(chosen());
    await vi.waitFor(() => expect(reloaded.items.size).toBe(0));
  });

  it('is not shown to the next person on this browser', async () => {
    const page = await loadPage();
    site.hangAfter = 0;
    await begin(page);
    page.leave();
    await page.restore('usr_2');
    expect(page.items.size).toBe(0);
  });

  it('that is cancelled is gone here and on the server', async () => {
    const page = await loadPage();
    site.hangAfter = 1;
    await begin(page);
    await page.abort('vid_1');
    expect(page.items.size).toBe(0);
    expect(site.videos.size).toBe(0);
    const reloaded = await loadPage();
    await reloaded.restore('usr_1');
    expect(reloaded.items.size).toBe(0);
  });

  it('that turns out to be complete when it is cancelled is deleted as a video', async () => {
    const page = await loadPage();
    await begin(page);
    await vi.waitFor(() => expect(page.items.size).toBe(0));
    await page.abort('vid_1');
    expect(site.videos.size).toBe(0);
  });

  it('begun twice with one key is one video', async () => {
    const page = await loadPage();
    const first = await begin(page);
    await vi.waitFor(() => expect(page.items.size).toBe(0));
    const second = await begin(page);
    expect(second.id).toBe(first.id);
    expect(site.videos.size).toBe(1);
  });
});

describe('an upload begun on another device', () => {
  const video = { id: 'vid_1', title: 'A' } as Parameters<Page['adopt']>[1];

  beforeEach(() => {
    const parts = new Map([
      [1, 4],
      [2, 4],
    ]);
    site.videos.set('vid_1', { status: 'uploading', name: 'a.mp4', size: TEXT.length, parts });
  });

  it('goes on here with the same file', async () => {
    const page = await loadPage();
    expect(await page.adopt('usr_1', video, chosen())).toBeNull();
    await vi.waitFor(() => expect(page.items.size).toBe(0));
    expect(site.sent.toSorted()).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  it('is not mixed up with another file', async () => {
    const page = await loadPage();
    expect(await page.adopt('usr_1', video, chosen('a.mp4', 'other'))).toMatch(/has changed/);
    expect(site.sent).toEqual([]);
    expect(page.items.size).toBe(0);
  });
});

/** As on a browser that keeps records, but not files (and Node, whose clone of a File is none). */
async function forgetCopy(): Promise<void> {
  const { IndexedDbStore } = await import('../../src/upload/store');
  const store = new IndexedDbStore();
  for (const { copy: _copy, ...record } of await store.all('usr_1')) await store.put(record);
}
