import { describe, expect, it, vi } from 'vitest';
import { authorizedFetch } from '../../src/api/authorized-fetch';
import { NetworkError, NotConfirmed, SessionEnded } from '../../src/api/problem';

function setUp(answers: (number | Error | Response)[]) {
  const seen: { authorization: string | null; body: string }[] = [];
  const send = vi.fn(async (request: Request) => {
    const authorization = request.headers.get('authorization');
    seen.push({ authorization, body: await request.text() });
    const answer = answers.shift() ?? 200;
    if (answer instanceof Error) throw answer;
    if (answer instanceof Response) return answer;
    return new Response(null, { status: answer });
  });
  const session = {
    accessToken: vi.fn(async (): Promise<string | null> => 'old'),
    refresh: vi.fn(async () => 'new'),
  };
  const confirm = vi.fn(async (_methods: readonly string[]): Promise<void> => undefined);
  const call = authorizedFetch(session, send, confirm);
  return { call, seen, session, confirm };
}

const asksToConfirm = () =>
  Response.json({ code: 'step_up_required', context: { methods: ['password'] } }, { status: 403 });

const post = () => new Request('http://localhost/v1/videos', { method: 'POST', body: '{"a":1}' });
const get = () => new Request('http://localhost/v1/videos/vid_1');

describe('a call to the API', () => {
  it('carries the token', async () => {
    const { call, seen } = setUp([201]);
    expect((await call(post())).status).toBe(201);
    expect(seen).toEqual([{ authorization: 'Bearer old', body: '{"a":1}' }]);
  });

  it('goes without one when nobody is signed in', async () => {
    const { call, seen, session } = setUp([401]);
    session.accessToken.mockResolvedValue(null);
    expect((await call(get())).status).toBe(401);
    expect(seen).toEqual([{ authorization: null, body: '' }]);
    expect(session.refresh).not.toHaveBeenCalled();
  });

  it('is sent again whole, once, with a new token after a 401', async () => {
    const { call, seen } = setUp([401, 201]);
    expect((await call(post())).status).toBe(201);
    expect(seen).toEqual([
      { authorization: 'Bearer old', body: '{"a":1}' },
      { authorization: 'Bearer new', body: '{"a":1}' },
    ]);
  });

  it('is not sent a third time', async () => {
    const { call, seen } = setUp([401, 401, 200]);
    expect((await call(get())).status).toBe(401);
    expect(seen).toHaveLength(2);
  });

  it('fails as a network error when there is no answer', async () => {
    const { call } = setUp([new TypeError('failed to fetch')]);
    await expect(call(get())).rejects.toBeInstanceOf(NetworkError);
  });

  it('lets the caller’s own abort through', async () => {
    const { call } = setUp([new DOMException('stop', 'AbortError')]);
    const request = new Request(get(), { signal: AbortSignal.abort() });
    await expect(call(request)).rejects.not.toBeInstanceOf(NetworkError);
  });

  it('that reads goes on without a token when the session is over', async () => {
    const { call, seen, session } = setUp([200, 200]);
    session.accessToken.mockRejectedValue(new SessionEnded());
    expect((await call(get())).status).toBe(200);
    expect(seen[0]?.authorization).toBeNull();
    await expect(call(post())).rejects.toBeInstanceOf(SessionEnded);
  });
});

describe('an act that needs the person to confirm who they are', () => {
  it('is sent again whole afterwards', async () => {
    const { call, seen, confirm } = setUp([asksToConfirm(), 201]);
    expect((await call(post())).status).toBe(201);
    expect(confirm).toHaveBeenCalledWith(['password']);
    expect(seen.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}']);
  });

  it('is asked for after a token was renewed, too', async () => {
    const { call, seen } = setUp([401, asksToConfirm(), 204]);
    expect((await call(post())).status).toBe(204);
    expect(seen).toHaveLength(3);
  });

  it('is not done when they do not', async () => {
    const { call, seen, confirm } = setUp([asksToConfirm()]);
    confirm.mockRejectedValue(new NotConfirmed());
    await expect(call(post())).rejects.toBeInstanceOf(NotConfirmed);
    expect(seen).toHaveLength(1);
  });

  it('is asked once; a second refusal is the answer', async () => {
    const { call, confirm } = setUp([asksToConfirm(), asksToConfirm()]);
    expect((await call(post())).status).toBe(403);
    expect(confirm).toHaveBeenCalledTimes(1);
  });

  it('is no other refusal', async () => {
    const { call, confirm } = setUp([Response.json({ code: 'access_denied' }, { status: 403 }), 403]);
    expect(((await (await call(post())).json()) as { code: string }).code).toBe('access_denied');
    expect((await call(post())).status).toBe(403);
    expect(confirm).not.toHaveBeenCalled();
  });
});
