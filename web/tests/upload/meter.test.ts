import { describe, expect, it } from 'vitest';
import { SpeedMeter } from '../../src/upload/meter';

describe('the speed', () => {
  it('is unknown until there is some history', () => {
    const meter = new SpeedMeter();
    meter.record(0, 0);
    meter.record(200, 5_000);
    expect(meter.bytesPerSecond(200)).toBeNull();
  });

  it('is bytes over time, and gives the time left', () => {
    const meter = new SpeedMeter();
    meter.record(0, 0);
    meter.record(1_000, 2_000);
    expect(meter.bytesPerSecond(1_000)).toBe(2_000);
    expect(meter.secondsLeft(1_000, 10_000)).toBe(5);
  });

  it('falls while nothing moves', () => {
    const meter = new SpeedMeter();
    meter.record(0, 0);
    meter.record(1_000, 2_000);
    expect(meter.bytesPerSecond(4_000)).toBe(500);
  });

  it('forgets what was long ago', () => {
    const meter = new SpeedMeter();
    meter.record(0, 0);
    for (let second = 1; second <= 20; second += 1) {
      meter.record(second * 1_000, second <= 10 ? 0 : (second - 10) * 1_000);
    }
    expect(meter.bytesPerSecond(20_000)).toBe(1_000);
  });

  it('starts over when a failed part takes bytes back', () => {
    const meter = new SpeedMeter();
    meter.record(0, 0);
    meter.record(1_000, 9_000);
    meter.record(1_100, 4_000);
    expect(meter.bytesPerSecond(1_100)).toBeNull();
  });
});
