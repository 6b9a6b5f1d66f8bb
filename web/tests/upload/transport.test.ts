import { beforeEach, describe, expect, it, vi } from 'vitest';
import { PartFailed, XhrTransport } from '../../src/upload/transport';
import { FakeXhr } from '../support/fake-xhr';

const body = new Blob(['0123456789']);
const STALL_MS = 1_000;

function send(signal = new AbortController().signal, onProgress = (_: number) => undefined) {
  const result = new XhrTransport(STALL_MS).send('http://s3/part', body, { signal, onProgress });
  const request = FakeXhr.sent.at(-1);
  if (!request) throw new Error('nothing was sent');
  return { result, request };
}

beforeEach(() => {
  FakeXhr.install();
  vi.useRealTimers();
});

describe('sending a part', () => {
  it('puts the bytes and answers the ETag', async () => {
    const { result, request } = send();
    request.answer(200, { etag: '"abc"' });
    expect(await result).toBe('"abc"');
    expect([request.method, request.url, request.body?.size]).toEqual(['PUT', 'http://s3/part', 10]);
  });

  it('answers null where the storage hides the ETag', async () => {
    const { result, request } = send();
    request.answer(200);
    expect(await result).toBeNull();
  });

  it('tells the bytes that have left', () => {
    const seen: number[] = [];
    const { request } = send(undefined, (bytes) => void seen.push(bytes));
    request.progress(4);
    request.progress(10);
    expect(seen).toEqual([4, 10]);
  });

  it('fails with the status and the storage’s code', async () => {
    const { result, request } = send();
    request.answer(403, {}, '<Error><Code>AccessDenied</Code></Error>');
    await expect(result).rejects.toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  it('fails without a status when the line is lost', async () => {
    const { result, request } = send();
    request.lose();
    await expect(result).rejects.toMatchObject({ status: null });
  });

  it('gives up a connection that moves nothing', async () => {
    vi.useFakeTimers();
    const { result, request } = send();
    const failed = expect(result).rejects.toBeInstanceOf(PartFailed);
    await vi.advanceTimersByTimeAsync(STALL_MS - 1);
    request.progress(1);
    await vi.advanceTimersByTimeAsync(STALL_MS - 1);
    expect(request.isAborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await failed;
    expect(request.isAborted).toBe(true);
  });

  it('stops at once when it is aborted', async () => {
    const stop = new AbortController();
    const { result, request } = send(stop.signal);
    stop.abort(new Error('paused'));
    await expect(result).rejects.toThrow('paused');
    expect(request.isAborted).toBe(true);
  });

  it('does not even begin when it is aborted before', async () => {
    const result = new XhrTransport().send('http://s3/part', body, {
      signal: AbortSignal.abort(new Error('paused')),
      onProgress: () => undefined,
    });
    await expect(result).rejects.toThrow('paused');
    expect(FakeXhr.sent).toHaveLength(0);
  });
});
