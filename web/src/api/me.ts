/** One's own account and profile. */
import type { components } from './generated/schema';
import { bareCode } from './auth';
import { api, session, unwrap } from './client';
import { NetworkError } from './problem';

export type Me = components['schemas']['Account'];
export type PublicProfile = components['schemas']['PublicProfile'];
export type PictureState = components['schemas']['PictureBody'];
export type PictureType = 'image/jpeg' | 'image/png' | 'image/webp';
export type PictureKind = 'avatar' | 'banner';

/** The account and the version (ETag) that an edit has to name. */
export interface VersionedMe {
  me: Me;
  etag: string;
}

export interface ProfileEdits {
  display_name: string;
  bio: string;
  links: string[];
  locale: string | null;
  birth_band: Me['birth_band'];
  interests: Me['interests'];
}

interface MeAnswer {
  data?: Me;
  error?: unknown;
  response: Response;
}

/** Every answer of the own account also brings the top bar up to date. */
function taken(answer: MeAnswer): VersionedMe {
  const me = unwrap(answer);
  session.update(me);
  return { me, etag: answer.response.headers.get('etag') ?? '' };
}

export async function getMe(): Promise<VersionedMe> {
  return taken(await api.GET('/v1/me'));
}

/** Throws ApiError 412 when the profile was changed since `etag`. */
export async function editMe(etag: string, body: Partial<ProfileEdits>): Promise<VersionedMe> {
  return taken(await api.PATCH('/v1/me', { params: { header: { 'If-Match': etag } }, body }));
}

export async function changeHandle(handle: string): Promise<VersionedMe> {
  return taken(await api.PUT('/v1/me/handle', { body: { handle } }));
}

/** Sends a code to the new address; until it comes back, the old one stays. */
export async function changeEmail(email: string): Promise<void> {
  unwrap(await api.POST('/v1/me/email', { body: { email } }));
}

export async function verifyEmail(code: string): Promise<VersionedMe> {
  return taken(await api.POST('/v1/me/email/verify', { body: { code: bareCode(code) } }));
}

export async function setPassword(current: string | null, password: string): Promise<void> {
  const body = { new: password, ...(current === null ? {} : { current }) };
  unwrap(await api.PUT('/v1/me/password', { body }));
}

/** Sends the picture to storage, and answers the upload's id; the picture is made a moment later. */
export async function uploadPicture(kind: PictureKind, file: File): Promise<string> {
  const body = { content_type: file.type as PictureType, size_bytes: file.size };
  const asked =
    kind === 'avatar'
      ? await api.POST('/v1/me/avatar', { body })
      : await api.POST('/v1/me/banner', { body });
  const { upload_id, upload_url, headers } = unwrap(asked);
  let answer: Response;
  try {
    answer = await fetch(upload_url, { method: 'PUT', headers, body: file, credentials: 'omit' });
  } catch (error) {
    throw new NetworkError(error);
  }
  if (!answer.ok) throw new NetworkError(`storage answered ${answer.status}`);
  return upload_id;
}

export async function getPicture(kind: PictureKind): Promise<PictureState> {
  return unwrap(kind === 'avatar' ? await api.GET('/v1/me/avatar') : await api.GET('/v1/me/banner'));
}

export async function removePicture(kind: PictureKind): Promise<void> {
  unwrap(
    kind === 'avatar' ? await api.DELETE('/v1/me/avatar') : await api.DELETE('/v1/me/banner'),
  );
}

export async function getProfile(handle: string): Promise<PublicProfile> {
  return unwrap(await api.GET('/v1/users/{handle}', { params: { path: { handle } } }));
}
