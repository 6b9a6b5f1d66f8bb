import { describe, expect, it } from 'vitest';
import { areaPath, frameOf, linePath, nearest, roundUp, thinned } from '../../src/charts/scale';

const dots = [
  { at: 0, value: 0 },
  { at: 1_000, value: 5 },
  { at: 2_000, value: 10 },
];

describe('a chart', () => {
  it.each([
    [0, 1],
    [0.3, 0.5],
    [1, 1],
    [7, 10],
    [11, 20],
    [21, 25],
    [3_100_000, 5_000_000],
  ])('with %f at most ends at %f', (value, top) => {
    expect(roundUp(value)).toBeCloseTo(top);
  });

  it('spans all its figures', () => {
    expect(frameOf([dots, [{ at: 3_000, value: 12 }]])).toEqual({ from: 0, to: 3_000, top: 20 });
    expect(frameOf([[], []])).toBeNull();
  });

  it('of one figure has a width', () => {
    const frame = frameOf([[{ at: 5, value: 1 }]]);
    expect((frame?.to ?? 0) - (frame?.from ?? 0)).toBeGreaterThan(0);
  });

  it('is drawn from the foot', () => {
    const frame = { from: 0, to: 2_000, top: 10 };
    expect(linePath(dots, frame, 100, 50)).toBe('M0.0 50.0L50.0 25.0L100.0 0.0');
    expect(areaPath(dots, frame, 100, 50)).toBe('M0.0 50.0L50.0 25.0L100.0 0.0L100.0 50L0.0 50Z');
    expect(areaPath([], frame, 100, 50)).toBe('');
  });

  it('of one figure is level', () => {
    const frame = { from: 0, to: 1_000, top: 10 };
    expect(linePath([{ at: 0, value: 5 }], frame, 100, 50)).toBe('M0 25.0H100');
    expect(areaPath([{ at: 0, value: 5 }], frame, 100, 50)).toBe('');
  });

  it('is read where the pointer is', () => {
    expect(nearest(dots, 1_400)?.value).toBe(5);
    expect(nearest([], 1_400)).toBeNull();
  });

  it('keeps its peaks when it is thinned', () => {
    const many = Array.from({ length: 1000 }, (_, at) => ({ at, value: at === 517 ? 99 : 1 }));
    const few = thinned(many, 50);
    expect(few).toHaveLength(50);
    expect(Math.max(...few.map(({ value }) => value))).toBe(99);
  });
});
