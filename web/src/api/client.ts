/** The one place where the browser meets the API: the session, and a client typed by OpenAPI. */
import createClient from 'openapi-fetch';
import { attempt, authorizedFetch } from './authorized-fetch';
import type { paths } from './generated/schema';
import { ApiError } from './problem';
import { Session, type TokenAnswer } from './session';
import { stepUp } from './step-up.svelte';

const origin = globalThis.location?.origin ?? 'http://localhost';

/**
 * Signing in and refreshing ask for the refresh token as a cookie. The header is also what a page
 * of another site cannot send, so that it cannot use the cookie.
 */
function plainFetch(request: Request): Promise<Response> {
  if (!new URL(request.url).pathname.startsWith('/v1/auth/')) return fetch(request);
  const headers = new Headers(request.headers);
  headers.set('x-session-transport', 'cookie');
  return fetch(new Request(request, { headers }));
}

/** Without a token: registering, logging in, refreshing. */
export const anonymous = createClient<paths>({
  baseUrl: origin,
  fetch: (request) => attempt(plainFetch, request),
});

export const session = new Session({
  storage: localStorage,
  exclusively: async (work) =>
    navigator.locks ? await navigator.locks.request('socialflow.refresh', work) : work(),
  trade: async (): Promise<TokenAnswer> =>
    unwrap(await anonymous.POST('/v1/auth/refresh', { body: {} })),
  now: () => Date.now(),
});

/** With the token of whoever is signed in, or none. */
export const api = createClient<paths>({
  baseUrl: origin,
  fetch: authorizedFetch(session, plainFetch, (methods) => stepUp.ask(methods)),
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
