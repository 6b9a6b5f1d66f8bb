import { describe, expect, it } from 'vitest';
import { refusalOf, refusalOfError, refusalWords } from '../../src/chat/refusal';

const NOW = Date.parse('2026-11-21T12:00:00Z');

describe('a reason', () => {
  it.each([
    ['banned', { kind: 'banned' }],
    [
      'timed_out until=2026-11-21T12:01:00.000Z',
      { kind: 'timed_out', until: '2026-11-21T12:01:00.000Z' },
    ],
    ['timed_out', { kind: 'timed_out', until: null }],
    ['slow_mode wait_seconds=7', { kind: 'slow_mode', waitSeconds: 7 }],
    ['followers_only minutes=10', { kind: 'followers_only', minutes: 10 }],
    ['followers_only minutes=0', { kind: 'followers_only', minutes: 0 }],
    ['blocked_term', { kind: 'blocked_term' }],
    ['links', { kind: 'links' }],
    ['signed_out', { kind: 'signed_out' }],
    ['too_long', { kind: 'too_long' }],
    ['something new', { kind: 'other', text: 'something new' }],
  ])('%s', (reason, expected) => {
    expect(refusalOf(reason)).toEqual(expected);
  });
});

describe('an error of the messaging service', () => {
  it.each([
    [406, 'links', { kind: 'links' }],
    [403, 'Forbidden', { kind: 'banned' }],
    [413, '', { kind: 'too_long' }],
    [429, '', { kind: 'too_fast' }],
    [500, '', { kind: 'unsent' }],
  ])('%i %s', (code, message, expected) => {
    expect(refusalOfError(code, message)).toEqual(expected);
  });
});

describe('the words', () => {
  it.each([
    ['timed_out until=2026-11-21T12:00:30Z', 'You are timed out for 30 s more.'],
    ['timed_out until=2026-11-21T12:09:30Z', 'You are timed out for 10 minutes more.'],
    ['timed_out', 'You are timed out.'],
    ['slow_mode wait_seconds=7', 'Slow mode is on. You can write again in 7 s.'],
    ['followers_only minutes=0', 'Only followers may write.'],
    ['followers_only minutes=1', 'Only people who have followed for a minute may write.'],
  ])('%s: %s', (reason, words) => {
    expect(refusalWords(refusalOf(reason), NOW)).toBe(words);
  });
});
