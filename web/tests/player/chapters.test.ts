import { describe, expect, it } from 'vitest';
import { chapterAt, chaptersOf } from '../../src/player/chapters';

const two = [
  { starts_at_ms: 90_000, title: 'After the break' },
  { starts_at_ms: 0, title: 'The beginning' },
];

describe('chapters', () => {
  it('are in order of time, in seconds', () => {
    expect(chaptersOf(two)).toEqual([
      { start: 0, title: 'The beginning' },
      { start: 90, title: 'After the break' },
    ]);
  });

  it('are none where there is only one', () => {
    expect(chaptersOf(two.slice(0, 1))).toEqual([]);
  });

  it.each([
    [-1, -1],
    [0, 0],
    [89.9, 0],
    [90, 1],
    [4_000, 1],
  ])('at %f s it is number %i', (time, index) => {
    expect(chapterAt(chaptersOf(two), time)).toBe(index);
  });
});
