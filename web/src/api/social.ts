/** People, and following them. */
import { api, unwrap } from './client';
import type { components } from './generated/schema';

export type Person = components['schemas']['Person'];
export type Follow = components['schemas']['FollowState'];

export async function getFollow(handle: string): Promise<Follow> {
  return unwrap(await api.GET('/v1/users/{handle}/follow', { params: { path: { handle } } }));
}

export async function setFollow(handle: string, following: boolean): Promise<Follow> {
  const options = { params: { path: { handle } } };
  return following
    ? unwrap(await api.PUT('/v1/users/{handle}/follow', options))
    : unwrap(await api.DELETE('/v1/users/{handle}/follow', options));
}
