/** fetch with the session's access token, a time limit, and one retry after a 401. */
import { NetworkError, SessionEnded } from './problem';
import type { Session } from './session';

type Fetch = (request: Request) => Promise<Response>;

const TIME_LIMIT_MS = 30_000;

export function authorizedFetch(session: Session, send: Fetch): Fetch {
  return async (request) => {
    const token = await tokenFor(session, request);
    if (token === null) return attempt(send, request);
    const again = request.clone();
    const response = await attempt(send, withToken(request, token));
    if (response.status !== 401) return response;
    return attempt(send, withToken(again, await session.refresh()));
  };
}

/** What anybody may read is read without a token when the kept session turns out to be over. */
async function tokenFor(session: Session, request: Request): Promise<string | null> {
  try {
    return await session.accessToken();
  } catch (error) {
    if (error instanceof SessionEnded && request.method === 'GET') return null;
    throw error;
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
