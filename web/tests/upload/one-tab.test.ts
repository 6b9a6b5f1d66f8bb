import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onlyInOneTab } from '../../src/upload/one-tab';

/** Web Locks as one browser has them for all its tabs: who comes first works first. */
class FakeLocks {
  #last: Promise<unknown> = Promise.resolve();

  request(_name: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>) {
    const before = this.#last;
    const turn = new Promise<void>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      void before.then(() => resolve());
    });
    const done = turn.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('navigator', { locks: new FakeLocks() });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function tab(work: () => Promise<void>) {
  const stop = new AbortController();
  const onWaiting = vi.fn();
  return { stop, onWaiting, done: onlyInOneTab('vid_1', stop.signal, onWaiting, work) };
}

describe('the same upload in two tabs', () => {
  it('is sent by one, while the other says that it waits', async () => {
    let finish = (): void => undefined;
    const first = tab(() => new Promise((resolve) => (finish = resolve)));
    const work = vi.fn(() => Promise.resolve());
    const second = tab(work);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([first.onWaiting.mock.calls.length, second.onWaiting.mock.calls.length]).toEqual([0, 1]);
    expect(work).not.toHaveBeenCalled();
    finish();
    await Promise.all([first.done, second.done]);
    expect(work).toHaveBeenCalledOnce();
  });

  it('says nothing when its turn comes soon', async () => {
    const { done, onWaiting } = tab(() => Promise.resolve());
    await done;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(onWaiting).not.toHaveBeenCalled();
  });

  it('stops waiting when it is stopped', async () => {
    tab(() => new Promise(() => undefined));
    const work = vi.fn(() => Promise.resolve());
    const second = tab(work);
    second.stop.abort(new Error('paused'));
    await expect(second.done).rejects.toThrow('paused');
    await vi.advanceTimersByTimeAsync(2_000);
    expect([work.mock.calls.length, second.onWaiting.mock.calls.length]).toEqual([0, 0]);
  });
});

it('is simply sent where the browser has no locks', async () => {
  vi.stubGlobal('navigator', {});
  const work = vi.fn(() => Promise.resolve());
  await tab(work).done;
  expect(work).toHaveBeenCalledOnce();
});
