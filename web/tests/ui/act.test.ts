import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NotConfirmed } from '../../src/api/problem';
import { stepUp } from '../../src/api/step-up.svelte';
import { Act } from '../../src/ui/act.svelte';
import { Countdown } from '../../src/ui/countdown.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const tooMany = (seconds: number) =>
  new ApiError(429, { code: 'too_many_attempts' }, new Headers({ 'retry-after': String(seconds) }));

describe('a countdown', () => {
  it('follows the clock, not its own ticks', () => {
    const countdown = new Countdown();
    countdown.start(42);
    expect(countdown.left).toBe(42);
    vi.advanceTimersByTime(1_000);
    expect(countdown.left).toBe(41);
    // A tab in the background slept for half a minute.
    vi.setSystemTime(Date.now() + 30_000);
    vi.advanceTimersByTime(250);
    expect(countdown.left).toBe(11);
    vi.advanceTimersByTime(60_000);
    expect(countdown.left).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not shortened by a shorter one', () => {
    const countdown = new Countdown();
    countdown.start(30);
    countdown.start(5);
    expect(countdown.left).toBe(30);
    countdown.stop();
    expect([countdown.left, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe('an act', () => {
  it('runs once at a time', async () => {
    const act = new Act();
    const work = vi.fn(() => Promise.resolve());
    const [first, second] = await Promise.all([act.run(work), act.run(work)]);
    expect([first, second]).toEqual([true, false]);
    expect(work).toHaveBeenCalledTimes(1);
    expect([act.isBusy, act.error]).toEqual([false, null]);
  });

  it('keeps what went wrong until it is tried again', async () => {
    const act = new Act();
    const refused = new ApiError(409, { code: 'handle_taken' });
    expect(await act.run(() => Promise.reject(refused))).toBe(false);
    expect([act.isBusy, act.error]).toEqual([false, refused]);
    expect(await act.run(() => Promise.resolve())).toBe(true);
    expect(act.error).toBeNull();
  });

  it('waits as long as the server asks, and sends nothing meanwhile', async () => {
    const act = new Act();
    await act.run(() => Promise.reject(tooMany(4)));
    expect([act.isBlocked, act.wait.left]).toEqual([true, 4]);
    const work = vi.fn(() => Promise.resolve());
    await act.run(work);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(4_000);
    expect(await act.run(work)).toBe(true);
  });

  it('is silent when the person did not confirm it', async () => {
    const act = new Act();
    expect(await act.run(() => Promise.reject(new NotConfirmed()))).toBe(false);
    expect(act.error).toBeNull();
  });
});

describe('confirming who one is', () => {
  it('is asked once for acts that come together', async () => {
    const both = Promise.all([stepUp.ask(['password']), stepUp.ask(['password', 'totp'])]);
    expect(stepUp.question?.methods).toEqual(['password']);
    stepUp.question?.confirmed();
    await both;
    expect(stepUp.question).toBeNull();
  });

  it('can be left, and asked anew', async () => {
    const left = stepUp.ask(['passkey']);
    stepUp.question?.cancel();
    await expect(left).rejects.toBeInstanceOf(NotConfirmed);
    expect(stepUp.question).toBeNull();
    const again = stepUp.ask(['passkey']);
    stepUp.question?.confirmed();
    await expect(again).resolves.toBeUndefined();
  });
});
