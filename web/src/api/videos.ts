/** Videos as the pages use them. */
import { api, unwrap } from './client';
import type { paths } from './generated/schema';
import type { Page } from './paging';

type GetVideo = paths['/v1/videos/{video_id}']['get']['responses'][200];
export type Video = GetVideo['content']['application/json'];
export type Visibility = Video['visibility'];
export type Playback = NonNullable<Video['playback']>;

export interface VideoEdits {
  title: string;
  description: string;
  tags: string[];
  visibility: Visibility;
}

/** A video and the version (ETag) that an edit has to name. */
export interface VersionedVideo {
  video: Video;
  etag: string;
}

const PAGE_SIZE = 24;

export async function getVideo(video_id: string, signal?: AbortSignal): Promise<VersionedVideo> {
  const answer = await api.GET('/v1/videos/{video_id}', {
    params: { path: { video_id } },
    ...(signal ? { signal } : {}),
  });
  return { video: unwrap(answer), etag: answer.response.headers.get('etag') ?? '' };
}

export async function listMyVideos(
  cursor: string | null,
  limit = PAGE_SIZE,
): Promise<Page<Video>> {
  return unwrap(await api.GET('/v1/me/videos', { params: { query: { cursor, limit } } }));
}

export async function listVideosOf(handle: string, cursor: string | null): Promise<Page<Video>> {
  const params = { path: { handle }, query: { cursor, limit: PAGE_SIZE } };
  return unwrap(await api.GET('/v1/users/{handle}/videos', { params }));
}

/** Throws ApiError 412 when someone changed the video since `etag`. */
export async function editVideo(
  video_id: string,
  etag: string,
  body: Partial<VideoEdits>,
): Promise<VersionedVideo> {
  const answer = await api.PATCH('/v1/videos/{video_id}', {
    params: { path: { video_id }, header: { 'If-Match': etag } },
    body,
  });
  return { video: unwrap(answer), etag: answer.response.headers.get('etag') ?? '' };
}

export async function deleteVideo(video_id: string): Promise<void> {
  unwrap(await api.DELETE('/v1/videos/{video_id}', { params: { path: { video_id } } }));
}

export interface Person {
  handle: string;
  display_name: string;
}

export async function listViewers(video_id: string): Promise<Person[]> {
  const answer = await api.GET('/v1/videos/{video_id}/viewers', { params: { path: { video_id } } });
  return unwrap(answer).items;
}

export async function addViewer(video_id: string, handle: string): Promise<void> {
  const params = { path: { video_id, handle } };
  unwrap(await api.PUT('/v1/videos/{video_id}/viewers/{handle}', { params }));
}

export async function removeViewer(video_id: string, handle: string): Promise<void> {
  const params = { path: { video_id, handle } };
  unwrap(await api.DELETE('/v1/videos/{video_id}/viewers/{handle}', { params }));
}

/** Still on its way to `ready` or `failed`. */
export function isInProgress(video: Pick<Video, 'status'>): boolean {
  return video.status !== 'ready' && video.status !== 'failed';
}
