import { describe, expect, it } from 'vitest';
import type { Poll } from '../../src/api/chat';
import { mergePoll, pollOfEvent, shareOf, totalVotes } from '../../src/chat/polls';

const poll = (votes: number[], more: Partial<Poll> = {}): Poll => ({
  id: 'pol_1',
  question: 'Tea or coffee?',
  options: votes.map((count, index) => ({ text: `Answer ${index}`, votes: count })),
  opened_at: '2026-11-21T12:00:00Z',
  closes_at: '2026-11-21T12:02:00Z',
  state: 'open',
  own_vote: null,
  ...more,
});

describe('news of a poll', () => {
  it('adds votes', () => {
    expect(totalVotes(mergePoll(poll([1, 0]), poll([2, 3])))).toBe(5);
  });

  it('that comes late takes none away', () => {
    expect(totalVotes(mergePoll(poll([2, 3]), poll([1, 0])))).toBe(5);
  });

  it('keeps the own vote, which events do not carry', () => {
    expect(mergePoll(poll([1, 0], { own_vote: 0 }), poll([2, 3])).own_vote).toBe(0);
    expect(mergePoll(poll([2, 3]), poll([1, 0], { own_vote: 0 })).own_vote).toBe(0);
  });

  it('closes it, and nothing opens it again', () => {
    const closed = mergePoll(poll([2, 3]), poll([2, 2], { state: 'closed' }));
    expect([closed.state, totalVotes(closed)]).toEqual(['closed', 4]);
    const late = mergePoll(closed, poll([4, 4]));
    expect([late.state, totalVotes(late)]).toEqual(['closed', 4]);
  });

  it('of a newer one takes its place; of an older one does not', () => {
    const newer = poll([0, 0], { id: 'pol_2', opened_at: '2026-11-21T12:05:00Z' });
    expect(mergePoll(poll([1, 1]), newer).id).toBe('pol_2');
    expect(mergePoll(newer, poll([1, 1])).id).toBe('pol_2');
  });
});

describe('the shares', () => {
  it('are whole percents', () => {
    expect([0, 1].map((index) => shareOf(poll([1, 2]), index))).toEqual([33, 67]);
  });

  it('are nothing without votes', () => {
    expect([0, 1].map((index) => shareOf(poll([0, 0]), index))).toEqual([0, 0]);
  });
});

describe('an event of the room', () => {
  it('carries a poll as JSON', () => {
    const { own_vote, ...sent } = poll([1, 2]);
    expect(own_vote).toBeNull();
    expect(pollOfEvent({ poll: JSON.stringify(sent) })).toEqual(poll([1, 2]));
  });

  it.each([[undefined], [{}], [{ poll: '{' }], [{ poll: '7' }], [{ poll: '{"id":"pol_1"}' }]])(
    'that is something else is none: %j',
    (attributes) => {
      expect(pollOfEvent(attributes as Record<string, string> | undefined)).toBeNull();
    },
  );
});
