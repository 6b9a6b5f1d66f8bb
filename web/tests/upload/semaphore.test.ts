import { describe, expect, it } from 'vitest';
import { Semaphore } from '../../src/upload/semaphore';

const never = new AbortController().signal;

describe('places', () => {
  it('are given in order as they become free', async () => {
    const places = new Semaphore(1);
    const order: string[] = [];
    const leave = await places.enter(never);
    const second = places.enter(never).then((done) => (order.push('second'), done));
    const third = places.enter(never).then((done) => (order.push('third'), done));
    expect(order).toEqual([]);
    leave();
    (await second)();
    (await third)();
    expect(order).toEqual(['second', 'third']);
  });

  it('are not lost when someone stops waiting', async () => {
    const places = new Semaphore(1);
    const leave = await places.enter(never);
    const stop = new AbortController();
    const waiting = places.enter(stop.signal);
    stop.abort(new Error('paused'));
    await expect(waiting).rejects.toThrow('paused');
    leave();
    await expect(places.enter(never)).resolves.toBeTypeOf('function');
  });

  it('are given back once only', async () => {
    const places = new Semaphore(1);
    const leave = await places.enter(never);
    leave();
    leave();
    await places.enter(never);
    let isIn = false;
    void places.enter(never).then(() => (isIn = true));
    await Promise.resolve();
    await Promise.resolve();
    expect(isIn).toBe(false);
  });
});
