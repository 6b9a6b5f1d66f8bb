import { describe, expect, it } from 'vitest';
import { ApiError, NetworkError } from '../../src/api/problem';
import { Heartbeats } from '../../src/live/heartbeats';
import { FakeClock } from '../support/fake-clock';

function setUp(random = 0.5) {
  const clock = new FakeClock();
  const began = clock.nowMs;
  const beats: { at: number; latencyMs: number | null }[] = [];
  const failures: Error[] = [];
  let refusals = 0;
  const heartbeats = new Heartbeats(15, {
    send: async (latencyMs) => {
      beats.push({ at: clock.nowMs - began, latencyMs });
      const failure = failures.shift();
      if (failure) throw failure;
    },
    later: clock.later,
    now: clock.now,
    random: () => random,
    isRefusal: (error) => error instanceof ApiError && !error.isTemporary,
    onrefused: () => (refusals += 1),
  });
  return { clock, beats, failures, heartbeats, refused: () => refusals };
}

describe('heartbeats', () => {
  it('begin soon and go on at their pace, with the latency of the moment', async () => {
    const { clock, beats, heartbeats } = setUp();
    let latency: number | null = null;
    heartbeats.play(() => latency);
    await clock.advance(1_000);
    latency = 2.3456;
    await clock.advance(30_000);
    expect(beats).toEqual([
      { at: 750, latencyMs: null },
      { at: 15_750, latencyMs: 2_346 },
      { at: 30_750, latencyMs: 2_346 },
    ]);
  });

  it.each([
    [0, 13_500],
    [0.999, 16_500],
  ])('spread by a tenth (%f)', async (random, apart) => {
    const { clock, beats, heartbeats } = setUp(random);
    heartbeats.play(() => 1);
    await clock.advance(40_000);
    const [first, second] = beats;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(apart, -2);
  });

  it('rest while nothing plays, and a short pause sends none too many', async () => {
    const { clock, beats, heartbeats } = setUp();
    heartbeats.play(() => 1);
    await clock.advance(1_000);
    heartbeats.pause();
    await clock.advance(4_000);
    heartbeats.play(() => 1);
    await clock.advance(5_000);
    expect(beats).toHaveLength(1);
    await clock.advance(6_000);
    expect(beats).toHaveLength(2);
    heartbeats.pause();
    await clock.advance(60_000);
    expect(beats).toHaveLength(2);
    heartbeats.play(() => 1);
    await clock.advance(1_600);
    expect(beats).toHaveLength(3);
  });

  it('that are lost are followed by the next', async () => {
    const { clock, beats, failures, heartbeats, refused } = setUp();
    failures.push(new NetworkError('no line'), new ApiError(503, {}));
    heartbeats.play(() => 1);
    await clock.advance(31_000);
    expect(beats).toHaveLength(3);
    expect(refused()).toBe(0);
  });

  it('end with a token that is no longer taken, and say so once', async () => {
    const { clock, beats, failures, heartbeats, refused } = setUp();
    failures.push(new ApiError(403, { code: 'viewer_token_invalid' }));
    heartbeats.play(() => 1);
    await clock.advance(60_000);
    heartbeats.play(() => 1);
    await clock.advance(60_000);
    expect(beats).toHaveLength(1);
    expect(refused()).toBe(1);
    expect(clock.planned).toBe(0);
  });
});
