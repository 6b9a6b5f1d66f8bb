/** XMLHttpRequest as far as the transport uses it; each test answers by hand or by a handler. */

type Handler = (request: FakeXhr) => void;

export class FakeXhr {
  static sent: FakeXhr[] = [];
  static onSend: Handler = () => undefined;

  static install(onSend: Handler = () => undefined): void {
    FakeXhr.sent = [];
    FakeXhr.onSend = onSend;
    Object.assign(globalThis, { XMLHttpRequest: FakeXhr });
  }

  upload: { onprogress: ((event: { loaded: number }) => void) | null } = { onprogress: null };
  onload: (() => void) | null = null;
  onerror: (() => void) | null = null;
  ontimeout: (() => void) | null = null;
  status = 0;
  responseText = '';
  method = '';
  url = '';
  body: Blob | null = null;
  isAborted = false;
  #headers: Record<string, string> = {};

  open(method: string, url: string): void {
    this.method = method;
    this.url = url;
  }

  send(body: Blob): void {
    this.body = body;
    FakeXhr.sent.push(this);
    FakeXhr.onSend(this);
  }

  abort(): void {
    this.isAborted = true;
  }

  getResponseHeader(name: string): string | null {
    return this.#headers[name] ?? null;
  }

  progress(loaded: number): void {
    this.upload.onprogress?.({ loaded });
  }

  answer(status: number, headers: Record<string, string> = {}, text = ''): void {
    this.status = status;
    this.#headers = headers;
    this.responseText = text;
    this.onload?.();
  }

  lose(): void {
    this.onerror?.();
  }
}
