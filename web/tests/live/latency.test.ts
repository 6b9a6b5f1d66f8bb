import { describe, expect, it } from 'vitest';
import { formatLatency, isBehind, latencyOf, type LiveEdge } from '../../src/live/latency';

const NOW = Date.parse('2026-11-21T12:00:10Z');
const edge = (more: Partial<LiveEdge> = {}): LiveEdge => ({
  playingDate: new Date(NOW - 2_400),
  behindEdge: 1.5,
  target: 1.5,
  ...more,
});

describe('the latency', () => {
  it('is from when the picture was recorded to now', () => {
    expect(latencyOf(edge(), NOW)).toBeCloseTo(2.4);
  });

  it('is what the engine knows where the stream carries no clock', () => {
    expect(latencyOf(edge({ playingDate: null }), NOW)).toBe(1.5);
  });

  it.each([
    ['a clock that is ahead of ours', NOW + 5_000],
    ['a clock of another day', NOW - 86_400_000],
  ])('does not believe %s', (_, recordedAt) => {
    expect(latencyOf(edge({ playingDate: new Date(recordedAt) }), NOW)).toBe(1.5);
  });

  it('is unknown before anything plays', () => {
    expect(latencyOf(null, NOW)).toBeNull();
    expect(latencyOf(edge({ playingDate: null, behindEdge: 0 }), NOW)).toBeNull();
  });

  it.each([
    [0.04, '0.0 s'],
    [2.44, '2.4 s'],
    [12.6, '13 s'],
  ])('%f reads %s', (seconds, words) => {
    expect(formatLatency(seconds)).toBe(words);
  });
});

describe('being behind', () => {
  it('begins well after the edge and ends near it', () => {
    const at = (late: number, was: boolean) =>
      isBehind(edge({ behindEdge: 1.5 + late, playingDate: null }), was, NOW);
    expect([at(4, false), at(6.5, false), at(4, true), at(2.5, true)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('is not said of what does not play', () => {
    expect(isBehind(null, true, NOW)).toBe(false);
  });

  it('takes both measures: either may be off', () => {
    const far = { playingDate: new Date(NOW - 30_000), behindEdge: 30 };
    expect(isBehind(edge(far), false, NOW)).toBe(true);
    expect(isBehind(edge({ ...far, behindEdge: 1.6 }), false, NOW)).toBe(false);
    expect(isBehind(edge({ ...far, playingDate: new Date(NOW - 2_000) }), false, NOW)).toBe(false);
  });
});
