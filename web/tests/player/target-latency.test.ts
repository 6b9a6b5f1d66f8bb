import { describe, expect, it } from 'vitest';
import { isOff, targetLatencyOf, type LivePlaylist } from '../../src/player/target-latency';

const playlist = (...durations: number[]): LivePlaylist => ({
  holdBack: 0,
  partHoldBack: 0,
  targetduration: 6,
  fragments: durations.map((duration) => ({ duration })),
});

describe('the target latency', () => {
  it('is three segments, whatever duration the playlist announces', () => {
    expect(targetLatencyOf(playlist(2, 2, 2))).toBe(6);
  });

  it('goes by the longest segment, in whole seconds', () => {
    expect(targetLatencyOf(playlist(2.002, 1.967, 2.033))).toBe(6);
    expect(targetLatencyOf(playlist(4.1, 2, 0.4))).toBe(12);
  });

  it('is never more than three target durations', () => {
    expect(targetLatencyOf({ ...playlist(1.04, 1.4), targetduration: 1 })).toBe(3);
  });

  it('is set once, and again only where it is off by more than a second', () => {
    expect(isOff(6, undefined)).toBe(true);
    expect(isOff(7, 6)).toBe(false);
    expect(isOff(12, 6)).toBe(true);
  });

  it.each([{ holdBack: 6 }, { partHoldBack: 1.5 }])(
    'is the playlist\u2019s own where it has one (%o)',
    (said) => {
      expect(targetLatencyOf({ ...playlist(2), ...said })).toBeNull();
    },
  );

  it('is unknown before there is a segment', () => {
    expect(targetLatencyOf(playlist())).toBeNull();
  });
});
