/**
 * fetch with the session's access token, a time limit, one retry after a 401, and one after the
 * person has confirmed who they are where the API asks for that.
 */
import { NetworkError, SessionEnded } from './problem';
import type { Session } from './session';

type Fetch = (request: Request) => Promise<Response>;
/** Has the person confirm who they are, by one of these ways. Throws when they do not. */
export type Confirm = (methods: readonly string[]) => Promise<void>;

interface AsksToConfirm {
  code: string;
  context: { methods?: string[] };
}

const TIME_LIMIT_MS = 30_000;

export function authorizedFetch(
  session: Pick<Session, 'accessToken' | 'refresh'>,
  send: Fetch,
  confirm: Confirm,
): Fetch {
  return async (request) => {
    const token = await tokenFor(session, request);
    if (token === null) return attempt(send, request);
    const [again, confirmed] = [request.clone(), request.clone()];
    let response = await attempt(send, withToken(request, token));
    if (response.status === 401) {
      response = await attempt(send, withToken(again, await session.refresh()));
    }
    const methods = await methodsAskedFor(response);
    if (methods === null) return response;
    await confirm(methods);
    const renewed = await session.accessToken();
    if (renewed === null) throw new SessionEnded();
    return attempt(send, withToken(confirmed, renewed));
  };
}

/** What anybody may read is read without a token when the kept session turns out to be over. */
async function tokenFor(
  session: Pick<Session, 'accessToken'>,
  request: Request,
): Promise<string | null> {
  try {
    return await session.accessToken();
  } catch (error) {
    if (error instanceof SessionEnded && request.method === 'GET') return null;
    throw error;
  }
}

/** The ways to confirm who one is, when the answer is that this act needs it; null for any other. */
async function methodsAskedFor(response: Response): Promise<readonly string[] | null> {
  if (response.status !== 403) return null;
  try {
    const { code, context } = (await response.clone().json()) as Partial<AsksToConfirm>;
    return code === 'step_up_required' ? (context?.methods ?? []) : null;
  } catch {
    // No problem document: a refusal of another kind, and the caller's matter.
    return null;
  }
}

/** One try. Throws NetworkError when there is no answer; a caller's own abort passes through. */
export async function attempt(send: Fetch, request: Request): Promise<Response> {
  const limit = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    return await send(new Request(request, { signal: AbortSignal.any([request.signal, limit]) }));
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new NetworkError(error);
  }
}

function withToken(request: Request, token: string): Request {
  const headers = new Headers(request.headers);
  headers.set('authorization', `Bearer ${token}`);
  return new Request(request, { headers });
}
