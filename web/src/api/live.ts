/** Channels and broadcasts as the pages use them. */
import { api, unwrap } from './client';
import type { components } from './generated/schema';
import type { Page } from './paging';
import type { Visibility } from './videos';

type Schemas = components['schemas'];
export type Broadcast = Schemas['BroadcastBody'];
export type BroadcastState = Broadcast['state'];
export type Channel = Schemas['ChannelBody'];
export type LiveState = Schemas['ChannelLive'];
export type PlaybackTicket = Schemas['LivePlaybackBody'];
export type Analytics = Schemas['BroadcastAnalytics'];
export type Point = Schemas['SamplePoint'];

export interface NewBroadcast {
  title: string;
  description: string;
  category: string;
  visibility: Visibility;
  replay: boolean;
  scheduled_for: string | null;
}

const PAGE_SIZE = 24;

/** Makes the person's channel, or answers the one there is. Done again, it does nothing more. */
export async function openChannel(): Promise<Channel> {
  return unwrap(await api.POST('/v1/me/channel'));
}

/** Throws ApiError 404 before the first `openChannel`. */
export async function getChannel(): Promise<Channel> {
  return unwrap(await api.GET('/v1/me/channel'));
}

export async function revealStreamKey(): Promise<string> {
  return unwrap(await api.GET('/v1/me/channel/stream-key')).stream_key;
}

/** The old key stops working as soon as the channel says that the new one is ready. */
export async function rotateStreamKey(): Promise<Channel> {
  return unwrap(await api.POST('/v1/me/channel/stream-key/rotations'));
}

/** The same key sent twice makes one broadcast. */
export async function createBroadcast(body: NewBroadcast, key: string): Promise<Broadcast> {
  const params = { header: { 'Idempotency-Key': key } };
  return unwrap(await api.POST('/v1/broadcasts', { params, body }));
}

export async function getBroadcast(broadcast_id: string): Promise<Broadcast> {
  return (await getVersionedBroadcast(broadcast_id)).broadcast;
}

/** With the version (ETag) that an edit has to name. */
export async function getVersionedBroadcast(
  broadcast_id: string,
): Promise<{ broadcast: Broadcast; etag: string }> {
  const params = { path: { broadcast_id } };
  const answer = await api.GET('/v1/broadcasts/{broadcast_id}', { params });
  return { broadcast: unwrap(answer), etag: answer.response.headers.get('etag') ?? '' };
}

/** Throws ApiError 412 when someone changed the broadcast since `etag`. */
export async function editBroadcast(
  broadcast_id: string,
  etag: string,
  body: Partial<Omit<NewBroadcast, 'replay'>>,
): Promise<Broadcast> {
  const params = { path: { broadcast_id }, header: { 'If-Match': etag } };
  return unwrap(await api.PATCH('/v1/broadcasts/{broadcast_id}', { params, body }));
}

/** Only a scheduled broadcast can be deleted. */
export async function deleteBroadcast(broadcast_id: string): Promise<void> {
  const params = { path: { broadcast_id } };
  unwrap(await api.DELETE('/v1/broadcasts/{broadcast_id}', { params }));
}

export async function startBroadcast(broadcast_id: string): Promise<Broadcast> {
  const params = { path: { broadcast_id } };
  return unwrap(await api.POST('/v1/broadcasts/{broadcast_id}/start', { params }));
}

export async function endBroadcast(broadcast_id: string): Promise<Broadcast> {
  const params = { path: { broadcast_id } };
  return unwrap(await api.POST('/v1/broadcasts/{broadcast_id}/end', { params }));
}

export async function listMyBroadcasts(cursor: string | null): Promise<Page<Broadcast>> {
  const query = { cursor, limit: PAGE_SIZE };
  return unwrap(await api.GET('/v1/me/broadcasts', { params: { query } }));
}

export async function listLive(
  cursor: string | null,
  category: string,
): Promise<Page<Broadcast>> {
  const query = { cursor, limit: PAGE_SIZE, ...(category ? { category } : {}) };
  return unwrap(await api.GET('/v1/live', { params: { query } }));
}

export async function getLiveState(handle: string): Promise<LiveState> {
  return unwrap(await api.GET('/v1/channels/{handle}/live', { params: { path: { handle } } }));
}

/**
 * `viewer_token`: the former one of this player, so that it stays one viewer. Throws ApiError 404
 * to who may not watch, 409 `broadcast_not_live` before and after.
 */
export async function askForPlayback(
  broadcast_id: string,
  viewer_token: string | null,
): Promise<PlaybackTicket> {
  const params = { path: { broadcast_id } };
  const body = viewer_token ? { viewer_token } : {};
  return unwrap(await api.POST('/v1/broadcasts/{broadcast_id}/playback', { params, body }));
}

export async function sendHeartbeat(
  broadcast_id: string,
  viewer_token: string,
  latency_ms: number | null,
): Promise<void> {
  const params = { path: { broadcast_id } };
  const body = { viewer_token, ...(latency_ms === null ? {} : { latency_ms }) };
  unwrap(await api.POST('/v1/broadcasts/{broadcast_id}/heartbeats', { params, body }));
}

export async function getAnalytics(broadcast_id: string): Promise<Analytics> {
  const params = { path: { broadcast_id } };
  return unwrap(await api.GET('/v1/broadcasts/{broadcast_id}/analytics', { params }));
}

/** Puts a picture of the creator's in the place of the automatic one. */
export async function uploadThumbnail(broadcast_id: string, picture: Blob): Promise<void> {
  const answer = await api.POST('/v1/broadcasts/{broadcast_id}/thumbnail', {
    params: { path: { broadcast_id } },
    body: {
      content_type: picture.type === 'image/png' ? 'image/png' : 'image/jpeg',
      size_bytes: picture.size,
    },
  });
  const { upload_url, headers } = unwrap(answer);
  const stored = await fetch(upload_url, { method: 'PUT', headers, body: picture });
  if (!stored.ok) throw new Error(`the storage answered ${stored.status}`);
}
