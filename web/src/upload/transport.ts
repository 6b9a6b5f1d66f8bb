/**
 * Sends one part to its presigned address. XMLHttpRequest, because fetch does not tell how many
 * bytes of a body have left.
 */

export class PartFailed extends Error {
  /** HTTP status, or null when there was no answer. */
  readonly status: number | null;
  /** S3's error code (`NoSuchUpload`, `AccessDenied`, …) when it gave one. */
  readonly code: string | null;

  constructor(status: number | null, code: string | null, message: string) {
    super(message);
    this.name = 'PartFailed';
    this.status = status;
    this.code = code;
  }
}

export interface SendOptions {
  onProgress(sentBytes: number): void;
  signal: AbortSignal;
}

export interface PartTransport {
  /** The part's ETag; null when the storage hides the header from scripts. */
  send(url: string, body: Blob, options: SendOptions): Promise<string | null>;
}

/** A connection that moves no byte for this long is given up. */
const STALL_MS = 30_000;

export class XhrTransport implements PartTransport {
  readonly #stallMs: number;

  constructor(stallMs = STALL_MS) {
    this.#stallMs = stallMs;
  }

  send(url: string, body: Blob, { onProgress, signal }: SendOptions): Promise<string | null> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const request = new XMLHttpRequest();
      let watchdog: ReturnType<typeof setTimeout>;
      const settle = (finish: () => void): void => {
        clearTimeout(watchdog);
        signal.removeEventListener('abort', onAbort);
        finish();
      };
      const fail = (error: Error): void => settle(() => reject(error));
      const onAbort = (): void => {
        fail(signal.reason as Error);
        request.abort();
      };
      const alive = (): void => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => {
          fail(new PartFailed(null, null, 'the connection stalled'));
          request.abort();
        }, this.#stallMs);
      };

      request.open('PUT', url);
      request.upload.onprogress = (event) => {
        alive();
        onProgress(event.loaded);
      };
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) {
          settle(() => resolve(request.getResponseHeader('etag')));
        } else {
          const code = /<Code>([^<]+)<\/Code>/.exec(request.responseText)?.[1] ?? null;
          fail(new PartFailed(request.status, code, `the storage answered ${request.status}`));
        }
      };
      request.onerror = () => fail(new PartFailed(null, null, 'the connection was lost'));
      request.ontimeout = request.onerror;
      signal.addEventListener('abort', onAbort);
      alive();
      request.send(body);
    });
  }
}
