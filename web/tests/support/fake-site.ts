/** A whole site for the uploader: the API over fetch, the storage over XMLHttpRequest. */
import { FakeXhr } from './fake-xhr';

interface Kept {
  status: string;
  name: string;
  size: number;
  parts: Map<number, number>;
}

const PART_SIZE = 4;

export class FakeSite {
  readonly videos = new Map<string, Kept>();
  readonly keys = new Map<string, string>();
  /** Part numbers, in the order in which they were sent. */
  readonly sent: number[] = [];
  /** Parts beyond this number hang, as on a line that is gone. */
  hangAfter = Infinity;
  readonly #hanging: FakeXhr[] = [];

  install(): void {
    FakeXhr.install((request) => this.#takePart(request));
    Object.assign(globalThis, { fetch: (request: Request) => this.#answer(request) });
  }

  release(): void {
    this.hangAfter = Infinity;
    for (const request of this.#hanging.splice(0)) request.lose();
  }

  #takePart(request: FakeXhr): void {
    const url = new URL(request.url);
    const part = Number(url.searchParams.get('partNumber'));
    this.sent.push(part);
    if (this.sent.length > this.hangAfter) {
      this.#hanging.push(request);
      return;
    }
    const video = this.videos.get(url.pathname.slice(1));
    queueMicrotask(() => {
      if (!video) {
        request.answer(404, {}, '<Code>NoSuchUpload</Code>');
        return;
      }
      video.parts.set(part, request.body?.size ?? 0);
      request.progress(request.body?.size ?? 0);
      request.answer(200, { etag: etag(part) });
    });
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const [, , , id = '', ...rest] = pathname.split('/');
    if (request.method === 'POST' && id === '') return this.#create(request);
    const video = this.videos.get(id);
    if (!video) return problem(404, 'video_not_found');
    switch (`${request.method} ${rest.join('/')}`) {
      case 'DELETE ':
        this.videos.delete(id);
        return new Response(null, { status: 204 });
      case 'GET ':
        return Response.json({ id, status: video.status });
      case 'GET upload':
        return Response.json(uploadState(id, video));
      case 'DELETE upload':
        if (video.status !== 'uploading') return problem(409, 'upload_not_open');
        this.videos.delete(id);
        return new Response(null, { status: 204 });
      case 'POST upload/parts': {
        const { part_numbers } = (await request.json()) as { part_numbers: number[] };
        return Response.json({ parts: urls(id, part_numbers) });
      }
      case 'POST upload/complete': {
        const { parts } = (await request.json()) as { parts: { part_number: number }[] };
        if (parts.some((part) => !video.parts.has(part.part_number))) {
          return problem(409, 'upload_parts_missing');
        }
        video.status = 'uploaded';
        return Response.json({ id, status: video.status });
      }
      default:
        return problem(404, 'not_found');
    }
  }

  async #create(request: Request): Promise<Response> {
    const key = request.headers.get('idempotency-key') ?? '';
    const { file } = (await request.json()) as { file: { name: string; size_bytes: number } };
    const id = this.keys.get(key) ?? `vid_${this.videos.size + 1}`;
    this.keys.set(key, id);
    const video: Kept = {
      status: 'uploading',
      name: file.name,
      size: file.size_bytes,
      parts: new Map(),
    };
    this.videos.set(id, video);
    const { part_size_bytes, part_count } = uploadState(id, video);
    const upload = { part_size_bytes, part_count, parts: urls(id, [1, 2]) };
    return Response.json({ video: { id, status: 'uploading' }, upload }, { status: 201 });
  }
}

function uploadState(video_id: string, video: Kept) {
  return {
    video_id,
    file_name: video.name,
    size_bytes: video.size,
    part_size_bytes: PART_SIZE,
    part_count: Math.ceil(video.size / PART_SIZE),
    received_parts: [...video.parts].map(([part_number, size_bytes]) => ({
      part_number,
      size_bytes,
      etag: etag(part_number),
    })),
  };
}

function urls(id: string, numbers: number[]) {
  return numbers.map((part_number) => ({
    part_number,
    url: `http://s3.test/${id}?partNumber=${part_number}&X-Amz-Expires=3600`,
  }));
}

function etag(part: number): string {
  return `"${String(part).padStart(32, '0')}"`;
}

function problem(status: number, code: string): Response {
  return Response.json({ code, detail: code, status }, { status });
}
