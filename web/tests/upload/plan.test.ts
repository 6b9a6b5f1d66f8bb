import { describe, expect, it } from 'vitest';
import { keptParts, missingParts, partRange, partSize } from '../../src/upload/plan';

const plan = { part_size_bytes: 10, part_count: 3 };
const SIZE = 25;

describe('the parts of a file', () => {
  it('cover every byte once, the last part being shorter', () => {
    const ranges = [1, 2, 3].map((part) => partRange(plan, SIZE, part));
    expect(ranges).toEqual([
      { start: 0, end: 10 },
      { start: 10, end: 20 },
      { start: 20, end: 25 },
    ]);
    expect(partSize(plan, SIZE, 3)).toBe(5);
  });

  it('have a full last part when the size is a multiple', () => {
    expect(partSize({ part_size_bytes: 10, part_count: 2 }, 20, 2)).toBe(10);
  });

  it.each([0, 4, -1])('do not include part %i', (part) => {
    expect(() => partRange(plan, SIZE, part)).toThrow(RangeError);
  });
});

describe('what is left to send', () => {
  const received = (part_number: number, size_bytes: number) => ({
    part_number,
    size_bytes,
    etag: `"${part_number}"`,
  });

  it('keeps only received parts of their full length', () => {
    const kept = keptParts(plan, SIZE, [received(1, 10), received(2, 9), received(3, 5)]);
    expect(kept.map((part) => part.part_number)).toEqual([1, 3]);
  });

  it('leaves out parts that the plan does not have', () => {
    expect(keptParts(plan, SIZE, [received(4, 10)])).toEqual([]);
  });

  it('is every part that is not there, in order', () => {
    expect(missingParts(plan, new Set([2]))).toEqual([1, 3]);
    expect(missingParts(plan, new Set([1, 2, 3]))).toEqual([]);
  });
});
