import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../../src/api/problem';
import { PartFailed } from '../../src/upload/transport';
import { Upload } from '../../src/upload/upload';
import type { UploadPhase } from '../../src/upload/types';
import { FakeStorage, lost, quickSurroundings } from '../support/fake-storage';

const TEXT = 'abcdefghijklmnopqrstuvwxyz'.repeat(4);
const PART = 10;
const plan = { part_size_bytes: PART, part_count: Math.ceil(TEXT.length / PART) };

function setUp(options: { isNew?: boolean; file?: Blob } = {}) {
  const storage = new FakeStorage(plan);
  const surroundings = quickSurroundings();
  const phases: UploadPhase[] = [];
  const upload: Upload = new Upload(
    {
      videoId: 'vid_1',
      file: options.file ?? new Blob([TEXT]),
      ...(options.isNew === false ? {} : { created: { plan, urls: storage.urls(1, 2, 3) } }),
    },
    {
      api: storage,
      transport: storage,
      surroundings,
      onChange: () => {
        if (phases.at(-1) !== upload.progress.phase) phases.push(upload.progress.phase);
      },
    },
  );
  return { storage, surroundings, upload, phases };
}

async function put(storage: FakeStorage, part: number): Promise<void> {
  const body = new Blob([TEXT.slice((part - 1) * PART, part * PART)]);
  const options = { signal: new AbortController().signal, onProgress: () => undefined };
  await storage.send(storage.url(part), body, options);
}

describe('a new upload', () => {
  it('sends every part once and completes with their ETags in order', async () => {
    const { storage, upload, phases } = setUp();
    expect(await upload.start()).toBe('done');
    expect(storage.content()).toBe(TEXT);
    expect(storage.arrived).toHaveLength(plan.part_count);
    expect(storage.completedWith?.map((part) => part.part_number)).toEqual(
      Array.from({ length: plan.part_count }, (_, index) => index + 1),
    );
    expect(phases).toEqual(['uploading', 'finishing', 'done']);
    expect(upload.progress.sentBytes).toBe(TEXT.length);
  });

  it('has four parts on the way at most', async () => {
    const { storage, upload } = setUp();
    await upload.start();
    expect(storage.mostAtOnce).toBe(4);
  });

  it('asks in one batch for the addresses it was not given', async () => {
    const { storage, upload } = setUp();
    await upload.start();
    expect(storage.renewals).toEqual([[4, 5, 6, 7, 8, 9, 10, 11]]);
  });

  it('asks the server for ETags where the storage hides them', async () => {
    const { storage, upload } = setUp();
    storage.hidesEtags = true;
    expect(await upload.start()).toBe('done');
    expect(storage.completedWith?.every((part) => part.etag.length === 32)).toBe(true);
  });
});

describe('a resumed upload', () => {
  it('sends only what the server does not have', async () => {
    const { storage, upload } = setUp({ isNew: false });
    for (const part of [1, 2, 5]) await put(storage, part);
    storage.arrived.length = 0;
    expect(await upload.start()).toBe('done');
    expect(storage.arrived.toSorted((a, b) => a - b)).toEqual([3, 4, 6, 7, 8, 9, 10, 11]);
    expect(storage.content()).toBe(TEXT);
  });

  it('sends a part again that arrived cut off', async () => {
    const { storage, upload } = setUp({ isNew: false });
    storage.parts.set(1, { bytes: new Uint8Array(3), etag: 'cut' });
    expect(await upload.start()).toBe('done');
    expect(storage.content()).toBe(TEXT);
  });

  it('only completes when everything is there', async () => {
    const { storage, upload } = setUp({ isNew: false });
    for (let part = 1; part <= plan.part_count; part += 1) await put(storage, part);
    storage.arrived.length = 0;
    expect(await upload.start()).toBe('done');
    expect(storage.arrived).toEqual([]);
  });
});

describe('a paused upload', () => {
  it('stops at once, keeps what arrived and goes on from there', async () => {
    const { storage, upload } = setUp();
    storage.onPart = (part) => {
      if (part === 6) upload.pause();
    };
    expect(await upload.start()).toBe('paused');
    const before = [...storage.arrived];
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(plan.part_count);
    expect(storage.completedWith).toBeNull();

    storage.onPart = () => undefined;
    expect(await upload.start()).toBe('done');
    expect(storage.arrived).toHaveLength(plan.part_count);
    expect(storage.content()).toBe(TEXT);
  });

  it('can be paused while it waits for the line', async () => {
    const { storage, upload, phases } = setUp();
    let tries = 0;
    storage.onPart = () => {
      tries += 1;
      if (tries === 20) upload.pause();
      throw lost();
    };
    expect(await upload.start()).toBe('paused');
    expect(phases).toContain('waiting');
  });
});

describe('a lost line', () => {
  it('is waited out for as long as it takes, with growing pauses', async () => {
    const { storage, upload, surroundings, phases } = setUp();
    let failures = 60;
    storage.onPart = () => {
      if (failures > 0) {
        failures -= 1;
        throw lost();
      }
    };
    expect(await upload.start()).toBe('done');
    expect(phases).toEqual(['uploading', 'waiting', 'uploading', 'finishing', 'done']);
    expect(surroundings.waits[0]).toBe(375);
    expect(Math.max(...surroundings.waits)).toBe(15_000);
    expect(storage.content()).toBe(TEXT);
  });

  it('does not count bytes of a part that did not arrive', async () => {
    const { storage, upload } = setUp();
    const seen: number[] = [];
    storage.onPart = (part) => {
      if (part === 1 && seen.length === 0) {
        seen.push(upload.progress.sentBytes);
        throw lost();
      }
    };
    await upload.start();
    expect(seen).toEqual([0]);
    expect(upload.progress.sentBytes).toBe(TEXT.length);
  });

  it('while completing is waited out too', async () => {
    const { storage, upload } = setUp();
    let failures = 10;
    storage.onComplete = () => {
      if (failures-- > 0) throw new NetworkError(null);
    };
    expect(await upload.start()).toBe('done');
  });
});

describe('a refusal by the storage', () => {
  it('of an expired address brings a new one', async () => {
    const { storage, upload } = setUp();
    let refused = false;
    storage.onPart = (part) => {
      if (part === 2 && !refused) {
        refused = true;
        throw new PartFailed(403, 'AccessDenied', 'expired');
      }
    };
    expect(await upload.start()).toBe('done');
    expect(storage.renewals.some((numbers) => numbers.includes(2))).toBe(true);
  });

  it('that stays is given up after six tries, with a sentence', async () => {
    const { storage, upload } = setUp();
    let tries = 0;
    storage.onPart = (part) => {
      if (part !== 3) return;
      tries += 1;
      throw new PartFailed(500, 'InternalError', 'no');
    };
    expect(await upload.start()).toBe('failed');
    expect(tries).toBe(6);
    expect(upload.progress.message).toMatch(/storage keeps refusing/);
  });

  it('that the upload is gone is not tried again', async () => {
    const { storage, upload } = setUp();
    let tries = 0;
    storage.onPart = (part) => {
      if (part !== 1) return;
      tries += 1;
      throw new PartFailed(404, 'NoSuchUpload', 'no');
    };
    expect(await upload.start()).toBe('failed');
    expect(tries).toBe(1);
    expect(upload.progress.message).toMatch(/no longer open/);
  });

  it('ends the other parts as well', async () => {
    const { storage, upload } = setUp();
    storage.onPart = (part, signal) => {
      if (part === 1) throw new PartFailed(404, 'NoSuchUpload', 'no');
      return new Promise<void>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    };
    expect(await upload.start()).toBe('failed');
    expect(storage.atOnce).toBe(0);
  });

  it('can be followed by another start', async () => {
    const { storage, upload } = setUp();
    storage.onPart = () => {
      throw new PartFailed(400, 'BadDigest', 'no');
    };
    expect(await upload.start()).toBe('failed');
    storage.onPart = () => undefined;
    expect(await upload.start()).toBe('done');
  });
});

describe('a refusal by the API', () => {
  it('of a part that the server lacks after all sends that part again', async () => {
    const { storage, upload } = setUp();
    let isFirst = true;
    storage.onComplete = () => {
      if (isFirst) storage.parts.delete(7);
      isFirst = false;
    };
    expect(await upload.start()).toBe('done');
    expect(storage.arrived.filter((part) => part === 7)).toHaveLength(2);
    expect(storage.content()).toBe(TEXT);
  });

  it('that says to wait is waited for as long as it says', async () => {
    const { storage, upload, surroundings } = setUp({ isNew: false });
    let isFirst = true;
    storage.onReceived = () => {
      if (!isFirst) return;
      isFirst = false;
      throw new ApiError(429, {}, new Headers({ 'retry-after': '7' }));
    };
    expect(await upload.start()).toBe('done');
    expect(surroundings.waits).toEqual([7_000]);
  });

  it('for good ends it with the API’s own words', async () => {
    const { storage, upload } = setUp();
    storage.onComplete = () => {
      throw new ApiError(409, { code: 'upload_lost', detail: 'The storage lost the upload.' });
    };
    expect(await upload.start()).toBe('failed');
    expect(upload.progress.message).toBe('The storage lost the upload.');
  });
});

describe('a file that can no longer be read', () => {
  it('is asked for again', async () => {
    const gone = new Blob([TEXT]);
    gone.slice = () => {
      const part = new Blob(['x']);
      part.slice = () =>
        ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) as Blob;
      return part;
    };
    const { storage, upload } = setUp({ file: gone });
    storage.onPart = () => {
      throw lost();
    };
    expect(await upload.start()).toBe('needs-file');
    expect(upload.progress.message).toMatch(/Choose it again/);
  });
});
