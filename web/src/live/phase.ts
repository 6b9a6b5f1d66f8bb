/** What a live page shows, by what the server said last and what it had said before. */
import type { Broadcast, LiveState } from '../api/live';

export type Phase =
  /** Nothing is on, and nothing was while this page was open. */
  | 'offline'
  /** The creator pressed the button; no picture yet. */
  | 'starting'
  | 'live'
  /** The encoder's connection broke; it may come back. */
  | 'interrupted'
  /** What was on here is over. */
  | 'ended';

export interface Situation {
  phase: Phase;
  broadcast: Broadcast | null;
}

/**
 * `seen`: the broadcast that this page showed last. A broadcast that is gone from the channel's
 * answer has ended, whatever was known of it.
 */
export function situationOf(state: LiveState, seen: Broadcast | null): Situation {
  const { broadcast } = state;
  if (broadcast) {
    switch (broadcast.state) {
      case 'live':
        return { phase: 'live', broadcast };
      case 'starting':
        return { phase: 'starting', broadcast };
      case 'ending':
        return { phase: 'interrupted', broadcast };
      case 'scheduled':
        return { phase: 'offline', broadcast: null };
      case 'ended':
        return { phase: 'ended', broadcast };
    }
  }
  return seen && seen.state !== 'scheduled'
    ? { phase: 'ended', broadcast: seen }
    : { phase: 'offline', broadcast: null };
}

/** Milliseconds until the server is asked again: often where something is about to change. */
export function pollAfterMs(phase: Phase, broadcast: Broadcast | null): number {
  switch (phase) {
    case 'starting':
      return 1_000;
    case 'interrupted':
      return 1_500;
    case 'live':
      return 8_000;
    case 'ended':
      return broadcast?.replay && !broadcast.replay_video_id ? 2_000 : 15_000;
    case 'offline':
      return 12_000;
  }
}

/**
 * One broadcast, as if its channel had been asked: for links to what no list shows. Null where
 * its creator is gone.
 */
export function asLiveState(broadcast: Broadcast): LiveState | null {
  if (!broadcast.owner) return null;
  const isOn = ['starting', 'live', 'ending'].includes(broadcast.state);
  return {
    owner: broadcast.owner,
    state: isOn ? (broadcast.state as LiveState['state']) : 'offline',
    broadcast: broadcast.state === 'scheduled' ? null : broadcast,
    upcoming: broadcast.state === 'scheduled' ? [broadcast] : [],
  };
}
