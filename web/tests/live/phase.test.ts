import { describe, expect, it } from 'vitest';
import type { Broadcast, LiveState } from '../../src/api/live';
import { asLiveState, pollAfterMs, situationOf } from '../../src/live/phase';
import { aBroadcast, ANN } from '../support/broadcasts';

const answer = (broadcast: Broadcast | null): LiveState => ({
  owner: ANN,
  state: broadcast ? 'live' : 'offline',
  broadcast,
  upcoming: [],
});

describe('what a live page shows', () => {
  it.each([
    ['starting', 'starting'],
    ['live', 'live'],
    ['ending', 'interrupted'],
    ['ended', 'ended'],
  ] as const)('a broadcast that is %s: %s', (state, phase) => {
    const broadcast = aBroadcast({ state });
    expect(situationOf(answer(broadcast), null)).toEqual({ phase, broadcast });
  });

  it('nothing on, nothing seen: offline', () => {
    expect(situationOf(answer(null), null)).toEqual({ phase: 'offline', broadcast: null });
  });

  it('what was on is gone from the answer: ended', () => {
    const seen = aBroadcast();
    expect(situationOf(answer(null), seen)).toEqual({ phase: 'ended', broadcast: seen });
  });

  it('another broadcast takes the place of one that ended', () => {
    const next = aBroadcast({ id: 'brd_2' });
    expect(situationOf(answer(next), aBroadcast({ state: 'ended' })).broadcast).toBe(next);
  });
});

describe('how often the server is asked', () => {
  it('often where something is about to change', () => {
    const [waiting, live] = [pollAfterMs('interrupted', null), pollAfterMs('live', null)];
    expect(waiting).toBeLessThan(live);
  });

  it('often until the replay is there, and only where there will be one', () => {
    const ended = aBroadcast({ state: 'ended' });
    const soon = pollAfterMs('ended', ended);
    expect(pollAfterMs('ended', { ...ended, replay_video_id: 'vid_1' })).toBeGreaterThan(soon);
    expect(pollAfterMs('ended', { ...ended, replay: false })).toBeGreaterThan(soon);
  });
});

describe('a broadcast by itself', () => {
  it('is as its channel would tell', () => {
    expect(asLiveState(aBroadcast())).toMatchObject({ state: 'live', upcoming: [] });
    const later = aBroadcast({ state: 'scheduled' });
    expect(asLiveState(later)).toMatchObject({ state: 'offline', broadcast: null, upcoming: [later] });
    const over = aBroadcast({ state: 'ended' });
    expect(asLiveState(over)).toMatchObject({ state: 'offline', broadcast: over });
  });
});
