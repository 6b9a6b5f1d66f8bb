/** The API's side of an upload: create, ask what arrived, renew addresses, complete, abort. */
import type { CreatedUpload, NewUpload, ReceivedUpload, UploadApi } from '../upload/types';
import { api, unwrap } from './client';

/** The same key sent twice creates one video, so a lost answer can be asked for again. */
export async function createVideo(upload: NewUpload, key: string): Promise<CreatedUpload> {
  const answer = await api.POST('/v1/videos', {
    params: { header: { 'Idempotency-Key': key } },
    body: upload,
  });
  const created = unwrap(answer);
  return { video: created.video, upload: created.upload };
}

export async function abortUpload(video_id: string): Promise<void> {
  unwrap(await api.DELETE('/v1/videos/{video_id}/upload', { params: { path: { video_id } } }));
}

export const uploadApi: UploadApi = {
  async received(video_id): Promise<ReceivedUpload> {
    return unwrap(
      await api.GET('/v1/videos/{video_id}/upload', { params: { path: { video_id } } }),
    );
  },
  async renew(video_id, part_numbers) {
    const answer = await api.POST('/v1/videos/{video_id}/upload/parts', {
      params: { path: { video_id } },
      body: { part_numbers },
    });
    return unwrap(answer).parts;
  },
  async complete(video_id, parts) {
    unwrap(
      await api.POST('/v1/videos/{video_id}/upload/complete', {
        params: { path: { video_id } },
        body: { parts },
      }),
    );
  },
};
