/** The one place where the browser meets the API: the session, and a client typed by OpenAPI. */
import createClient from 'openapi-fetch';
import { attempt, authorizedFetch } from './authorized-fetch';
import type { paths } from './generated/schema';
import { ApiError } from './problem';
import { Session, type TokenAnswer } from './session';

const plainFetch = (request: Request): Promise<Response> => fetch(request);
const origin = globalThis.location?.origin ?? 'http://localhost';

/** Without a token: registering, logging in, refreshing. */
export const anonymous = createClient<paths>({
  baseUrl: origin,
  fetch: (request) => attempt(plainFetch, request),
});

export const session = new Session({
  storage: localStorage,
  exclusively: async (work) =>
    navigator.locks ? await navigator.locks.request('socialflow.refresh', work) : work(),
  trade: async (refresh_token): Promise<TokenAnswer> =>
    unwrap(await anonymous.POST('/v1/auth/refresh', { body: { refresh_token } })),
  now: () => Date.now(),
});

/** With the token of whoever is signed in, or none. */
export const api = createClient<paths>({
  baseUrl: origin,
  fetch: authorizedFetch(session, plainFetch),
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer. Throws ApiError for any other. */
export function unwrap<T>(answer: Answer<T>): T {
  if (!answer.response.ok) {
    throw new ApiError(answer.response.status, answer.error, answer.response.headers);
  }
  return answer.data as T;
}
