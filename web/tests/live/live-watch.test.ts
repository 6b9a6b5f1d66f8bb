import { describe, expect, it } from 'vitest';
import type { Broadcast, LiveState, PlaybackTicket } from '../../src/api/live';
import { ApiError, NetworkError } from '../../src/api/problem';
import { LiveWatch } from '../../src/live/live-watch.svelte';
import { aBroadcast, ANN } from '../support/broadcasts';
import { FakeClock } from '../support/fake-clock';

function setUp(first: Broadcast | null) {
  const clock = new FakeClock();
  const site = {
    on: first,
    broadcasts: new Map<string, Broadcast>(),
    tickets: 0,
    former: [] as (string | null)[],
    beats: [] as string[],
    failure: null as Error | null,
    ticketFailure: null as Error | null,
    beatFailure: null as Error | null,
  };
  const watch = new LiveWatch({
    read: async (): Promise<LiveState> => {
      if (site.failure) throw site.failure;
      const broadcast = site.on;
      return { owner: ANN, state: 'live', broadcast, upcoming: [] };
    },
    readBroadcast: async (id) => {
      const found = site.broadcasts.get(id);
      if (!found) throw new ApiError(404, { code: 'broadcast_not_found' });
      return found;
    },
    ask: async (_id, viewerToken): Promise<PlaybackTicket> => {
      site.former.push(viewerToken);
      if (site.ticketFailure) throw site.ticketFailure;
      site.tickets += 1;
      return {
        url: `http://ivs.test/master.m3u8?token=${site.tickets}`,
        expires_at: '2026-11-21T18:00:00Z',
        viewer_token: `viewer-${site.tickets}`,
        heartbeat_seconds: 15,
      };
    },
    beat: async (_, token) => {
      site.beats.push(token);
      const failure = site.beatFailure;
      site.beatFailure = null;
      if (failure) throw failure;
    },
    later: clock.later,
    now: clock.now,
    random: () => 0.5,
    isHidden: () => false,
  });
  return { clock, site, watch };
}

describe('watching a channel', () => {
  it('plays what is on, with one ticket', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    const stop = watch.start();
    await clock.advance(30_000);
    expect(watch.phase).toBe('live');
    expect(watch.ticket?.url).toContain('token=1');
    expect(site.tickets).toBe(1);
    stop();
    expect(clock.planned).toBe(0);
  });

  it('begins by itself when the stream does', async () => {
    const { clock, site, watch } = setUp(null);
    const stop = watch.start();
    await clock.advance(1_000);
    expect([watch.phase, watch.ticket]).toEqual(['offline', null]);
    site.on = aBroadcast({ state: 'starting' });
    await clock.advance(13_000);
    expect([watch.phase, watch.ticket]).toEqual(['starting', null]);
    site.on = aBroadcast();
    await clock.advance(2_500);
    expect(watch.ticket?.url).toContain('token=1');
    stop();
  });

  it('waits through an interruption and takes a new ticket after it', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    const stop = watch.start();
    await clock.advance(100);
    site.on = aBroadcast({ state: 'ending' });
    await watch.look();
    expect([watch.phase, watch.ticket]).toEqual(['interrupted', null]);
    site.on = aBroadcast();
    await clock.advance(2_500);
    expect(watch.phase).toBe('live');
    expect(watch.ticket?.url).toContain('token=2');
    expect(site.former).toEqual([null, 'viewer-1']);
    stop();
  });

  it('offers the replay of what ended, as soon as there is one', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    const stop = watch.start();
    await clock.advance(100);
    site.on = null;
    site.broadcasts.set('brd_1', aBroadcast({ state: 'ended' }));
    await watch.look();
    expect([watch.phase, watch.broadcast?.replay_video_id]).toEqual(['ended', null]);
    site.broadcasts.set('brd_1', aBroadcast({ state: 'ended', replay_video_id: 'vid_1' }));
    await clock.advance(2_500);
    expect(watch.broadcast?.replay_video_id).toBe('vid_1');
    stop();
  });

  it('knows a broadcast that was taken away as ended', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    const stop = watch.start();
    await clock.advance(100);
    site.on = null;
    await watch.look();
    expect([watch.phase, watch.broadcast?.state]).toEqual(['ended', 'ended']);
    stop();
  });

  it('keeps what it shows through a lost line', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    const stop = watch.start();
    await clock.advance(100);
    site.failure = new NetworkError('no line');
    await watch.look();
    expect([watch.phase, watch.ticket !== null]).toEqual(['live', true]);
    site.failure = null;
    await clock.advance(5_000);
    expect(watch.error).toBeNull();
    stop();
  });

  it('takes a stream that ended between two questions for no failure', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    site.ticketFailure = new ApiError(409, { code: 'broadcast_not_live' });
    const stop = watch.start();
    await clock.advance(100);
    expect([watch.error, watch.ticket]).toEqual([null, null]);
    site.ticketFailure = null;
    await clock.advance(9_000);
    expect(watch.ticket).not.toBeNull();
    stop();
  });

  it('gives the player a new address when that is in trouble', async () => {
    const { clock, watch } = setUp(aBroadcast());
    const stop = watch.start();
    await clock.advance(100);
    await watch.renew();
    expect(watch.ticket?.url).toContain('token=2');
    stop();
  });
});

describe('being counted', () => {
  it('begins with the picture and pauses with it', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    const stop = watch.start();
    await clock.advance(20_000);
    expect(site.beats).toEqual([]);
    watch.playing(() => 2);
    await clock.advance(20_000);
    expect(site.beats).toEqual(['viewer-1', 'viewer-1']);
    watch.playing(null);
    await clock.advance(60_000);
    expect(site.beats).toHaveLength(2);
    stop();
  });

  it('goes on with a new token, while the picture keeps its address', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    const stop = watch.start();
    watch.playing(() => 2);
    site.beatFailure = new ApiError(403, { code: 'viewer_token_invalid' });
    await clock.advance(3_000);
    expect(site.beats).toEqual(['viewer-1', 'viewer-2']);
    expect(watch.ticket).toMatchObject({
      url: 'http://ivs.test/master.m3u8?token=1',
      viewer_token: 'viewer-2',
    });
    stop();
  });

  it('ends with the page', async () => {
    const { clock, site, watch } = setUp(aBroadcast());
    const stop = watch.start();
    watch.playing(() => 2);
    await clock.advance(3_000);
    stop();
    await clock.advance(60_000);
    expect(site.beats).toHaveLength(1);
  });
});
