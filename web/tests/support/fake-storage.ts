/** A server that takes parts: the API's side and the storage's, in memory, with faults on order. */
import { ApiError } from '../../src/api/problem';
import { PartFailed, type PartTransport } from '../../src/upload/transport';
import type { Surroundings } from '../../src/upload/retry';
import type { FinishedPart, UploadApi, UploadPlan } from '../../src/upload/types';

export class FakeStorage implements UploadApi, PartTransport {
  readonly parts = new Map<number, { bytes: Uint8Array; etag: string }>();
  /** Part numbers in the order in which their bytes arrived whole. */
  readonly arrived: number[] = [];
  readonly renewals: number[][] = [];
  completedWith: FinishedPart[] | null = null;
  hidesEtags = false;
  atOnce = 0;
  mostAtOnce = 0;
  /** Called before a part is taken; throws to refuse it. */
  onPart: (part: number, signal: AbortSignal) => Promise<void> | void = () => undefined;
  onReceived: () => void = () => undefined;
  onComplete: () => void = () => undefined;

  constructor(readonly plan: UploadPlan) {}

  url(part_number: number): string {
    return `http://s3/?partNumber=${part_number}&X-Amz-Expires=3600`;
  }

  urls(...numbers: number[]) {
    return numbers.map((part_number) => ({ part_number, url: this.url(part_number) }));
  }

  async received() {
    this.onReceived();
    const received_parts = [...this.parts].map(([part_number, { bytes, etag }]) => ({
      part_number,
      size_bytes: bytes.length,
      etag,
    }));
    return { ...this.plan, file_name: 'a.mp4', size_bytes: 0, received_parts };
  }

  async renew(_video: string, numbers: number[]) {
    this.renewals.push(numbers);
    return this.urls(...numbers);
  }

  async complete(_video: string, parts: FinishedPart[]) {
    this.onComplete();
    const isWhole =
      parts.length === this.plan.part_count &&
      parts.every((part) => this.parts.get(part.part_number)?.etag === part.etag);
    if (!isWhole) throw new ApiError(409, { code: 'upload_parts_missing', detail: 'Parts missing.' });
    this.completedWith = parts;
  }

  async send(url: string, body: Blob, options: Parameters<PartTransport['send']>[2]) {
    const part = Number(new URL(url).searchParams.get('partNumber'));
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    try {
      await this.onPart(part, options.signal);
      options.signal.throwIfAborted();
      const bytes = new Uint8Array(await body.arrayBuffer());
      options.onProgress(bytes.length);
      const etag = await etagOf(bytes);
      this.parts.set(part, { bytes, etag });
      this.arrived.push(part);
      return this.hidesEtags ? null : etag;
    } finally {
      this.atOnce -= 1;
    }
  }

  content(): string {
    const sorted = [...this.parts].sort(([a], [b]) => a - b);
    return sorted.map(([, { bytes }]) => new TextDecoder().decode(bytes)).join('');
  }
}

async function etagOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash.slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export const lost = (): PartFailed => new PartFailed(null, null, 'the connection was lost');

/** Waits end at once, and are written down. */
export function quickSurroundings(): Surroundings & { waits: number[] } {
  const waits: number[] = [];
  let now = 0;
  return {
    waits,
    now: () => (now += 1),
    random: () => 0.5,
    wait: async (ms, signal) => {
      waits.push(ms);
      signal.throwIfAborted();
      await Promise.resolve();
    },
  };
}
