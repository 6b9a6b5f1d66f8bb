import { describe, expect, it } from 'vitest';
import { formatBytes, formatSpeed } from '../../src/format/bytes';
import { joinTags, parseTags } from '../../src/format/tags';
import { formatCount, viewersWords } from '../../src/format/count';
import {
  formatAgo,
  formatClock,
  formatMoment,
  formatTimeLeft,
  spokenTime,
  toLocalField,
} from '../../src/format/time';

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 KB'],
    [1_250_000, '1.25 MB'],
    [12_340_000, '12.3 MB'],
    [999_600, '1 MB'],
    [256 * 2 ** 30, '275 GB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('become speeds', () => {
    expect(formatSpeed(1_499_999.6)).toBe('1.5 MB/s');
  });
});

describe('positions', () => {
  it.each([
    [0, '0:00'],
    [67.9, '1:07'],
    [3_723, '1:02:03'],
    [Number.NaN, '0:00'],
    [-1, '0:00'],
  ])('%d s are %s', (seconds, text) => {
    expect(formatClock(seconds)).toBe(text);
  });

  it('are spoken in words', () => {
    expect(spokenTime(3_661)).toBe('1 hour 1 minute 1 second');
    expect(spokenTime(120)).toBe('2 minutes');
    expect(spokenTime(0)).toBe('0 seconds');
  });
});

describe('time left', () => {
  it.each([
    [3, 'a few seconds'],
    [31, '30 seconds'],
    [56, '1 minute'],
    [200, '3 minutes'],
    [3_600, 'about an hour'],
    [7_300, 'about 2 hours'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatTimeLeft(seconds)).toBe(text);
  });
});

describe('how long ago', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  it.each([
    ['2026-11-20T11:59:30Z', 'just now'],
    ['2026-11-20T11:58:00Z', '2 minutes ago'],
    ['2026-11-17T11:00:00Z', '3 days ago'],
    ['2026-11-20T12:00:30Z', 'just now'],
  ])('%s was %s', (then, text) => {
    expect(formatAgo(then, now)).toBe(text);
  });
});

describe('tags', () => {
  it('are split at commas, trimmed, without repeats', () => {
    expect(parseTags(' surf, #Big  Waves,, surf ,')).toEqual(['surf', 'Big Waves']);
    expect(joinTags(['a', 'b c'])).toBe('a, b c');
  });
});

describe('counts', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1K'],
    [1_240, '1.2K'],
    [12_400, '12K'],
    [999_499, '999K'],
    [1_400_000, '1.4M'],
  ])('%d is %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it('have their noun', () => {
    expect([viewersWords(1), viewersWords(2)]).toEqual(['1 viewer', '2 viewers']);
  });
});

describe('moments to come', () => {
  const now = new Date(2026, 10, 21, 22, 0).getTime();
  it.each([
    [new Date(2026, 10, 21, 23, 30), 'Today, 23:30'],
    [new Date(2026, 10, 22, 0, 5), 'Tomorrow, 00:05'],
    // Languages' own data differ in the comma.
    [new Date(2026, 11, 4, 20, 0), /^Fri,? 4 Dec, 20:00$/],
  ])('%s', (at, text) => {
    expect(formatMoment(at.toISOString(), now)).toMatch(text);
  });

  it('stand in a field in the person’s own time', () => {
    expect(toLocalField(new Date(2026, 10, 21, 9, 5))).toBe('2026-11-21T09:05');
  });
});
