/** Polls come by answers and by events of the room, in any order and twice. */
import type { Poll } from '../api/chat';

/** What is true after `incoming`: votes never go back, and what is closed stays closed. */
export function mergePoll(current: Poll | null, incoming: Poll): Poll {
  if (!current) return incoming;
  if (current.id !== incoming.id) {
    return incoming.opened_at >= current.opened_at ? incoming : current;
  }
  const own_vote = incoming.own_vote ?? current.own_vote;
  const state = current.state === 'closed' ? 'closed' : incoming.state;
  const isNewer = totalVotes(incoming) >= totalVotes(current) || incoming.state === 'closed';
  const newest = isNewer && (incoming.state === state) ? incoming : current;
  return { ...newest, own_vote, state };
}

export function totalVotes(poll: Pick<Poll, 'options'>): number {
  return poll.options.reduce((sum, option) => sum + option.votes, 0);
}

/** Whole percents, each by itself; 0 where nobody has voted. */
export function shareOf(poll: Pick<Poll, 'options'>, index: number): number {
  const total = totalVotes(poll);
  return total === 0 ? 0 : Math.round(((poll.options[index]?.votes ?? 0) / total) * 100);
}

/** The poll in a room event's attributes, or null where it is none. */
export function pollOfEvent(attributes: Record<string, string> | undefined): Poll | null {
  try {
    const poll = JSON.parse(attributes?.poll ?? 'null') as Partial<Poll> | null;
    if (!poll || typeof poll.id !== 'string' || !Array.isArray(poll.options)) return null;
    return { ...(poll as Poll), own_vote: null };
  } catch {
    // Not written by our server: as good as none.
    return null;
  }
}
