import type { Broadcast } from '../../src/api/live';

export const ANN = { id: 'usr_1', handle: 'ann', display_name: 'Ann', avatar_url: null };

export function aBroadcast(more: Partial<Broadcast> = {}): Broadcast {
  return {
    id: 'brd_1',
    channel_id: 'chn_1',
    state: 'live',
    title: 'Morning walk',
    description: '',
    category: '',
    visibility: 'public',
    replay: true,
    owner: ANN,
    viewer_is_owner: false,
    thumbnail_url: null,
    scheduled_for: null,
    created_at: '2026-11-21T12:00:00Z',
    started_at: '2026-11-21T12:00:05Z',
    ended_at: null,
    viewers: 3,
    peak_viewers: 4,
    replay_video_id: null,
    ...more,
  };
}
