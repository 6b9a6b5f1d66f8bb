import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../support/memory-store';

const ann = { id: 'usr_1', handle: 'ann', display_name: 'Ann', roles: ['viewer'] };
const tokens = { access_token: 'acc_1', refresh_token: null, expires_in: 900, user: ann };

let store: MemoryStore;
let seen: Request[];
let answers: Response[];

/** The page as it is after loading: fresh modules over the same browser. */
async function loadPage() {
  vi.resetModules();
  const [auth, security, client] = await Promise.all([
    import('../../src/api/auth'),
    import('../../src/api/security'),
    import('../../src/api/client'),
  ]);
  return { ...auth, ...security, ...client };
}

beforeEach(() => {
  store = new MemoryStore();
  seen = [];
  answers = [];
  vi.stubGlobal('localStorage', store);
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('fetch', async (request: Request) => {
    seen.push(request);
    return answers.shift() ?? new Response(null, { status: 204 });
  });
});

afterEach(() => vi.unstubAllGlobals());

const problem = (status: number, code: string, context = {}) =>
  Response.json({ code, detail: code, context }, { status });

describe('signing in', () => {
  it('asks for the refresh token as a cookie and keeps no token', async () => {
    const page = await loadPage();
    answers = [Response.json(tokens)];
    expect(await page.logIn('ann@example.com', 'a long one')).toBeNull();
    expect(seen[0]?.headers.get('x-session-transport')).toBe('cookie');
    expect(page.session.user?.handle).toBe('ann');
    expect([...store.kept.values()].join()).not.toContain('acc_1');
  });

  it('goes on with the second step, and takes its code as people type it', async () => {
    const page = await loadPage();
    const challenge = { challenge: 'c', methods: ['totp'], expires_at: '2026-11-21T12:00:00Z' };
    answers = [Response.json(challenge, { status: 202 }), Response.json(tokens)];
    expect(await page.logIn('ann@example.com', 'a long one')).toEqual(challenge);
    expect(page.session.user).toBeNull();
    await page.answerChallenge('c', '123 456 ');
    expect(await seen[1]?.json()).toEqual({ challenge: 'c', code: '123456' });
    expect(page.session.user?.handle).toBe('ann');
  });

  it('leaves nobody signed in when it is refused', async () => {
    const page = await loadPage();
    answers = [problem(401, 'login_refused')];
    await expect(page.logIn('ann@example.com', 'wrong')).rejects.toMatchObject({
      code: 'login_refused',
    });
    expect(page.session.user).toBeNull();
    expect(seen).toHaveLength(1);
  });
});

describe('a reload', () => {
  it('gets its token by the cookie, with a body that has none', async () => {
    const first = await loadPage();
    answers = [Response.json(tokens)];
    await first.logIn('ann@example.com', 'a long one');
    const page = await loadPage();
    answers = [Response.json({ ...tokens, access_token: 'acc_2' }), Response.json({ items: [] })];
    await page.listDevices(null);
    const [refresh, list] = seen.slice(1);
    expect(new URL(refresh?.url ?? '').pathname).toBe('/v1/auth/refresh');
    expect(refresh?.headers.get('x-session-transport')).toBe('cookie');
    expect(await refresh?.text()).toBe('{}');
    expect(list?.headers.get('authorization')).toBe('Bearer acc_2');
    // Cookies are for /v1/auth alone, and so is the header that goes with them.
    expect(list?.headers.get('x-session-transport')).toBeNull();
  });
});

describe('confirming who one is', () => {
  it('is tried once: a wrong password renews no token', async () => {
    const page = await loadPage();
    answers = [Response.json(tokens), problem(401, 'step_up_refused')];
    await page.logIn('ann@example.com', 'a long one');
    await expect(page.confirmIdentity({ password: 'wrong' })).rejects.toMatchObject({
      code: 'step_up_refused',
    });
    expect(seen.map(({ url }) => new URL(url).pathname)).toEqual([
      '/v1/auth/login',
      '/v1/auth/step-up',
    ]);
    expect(seen[1]?.headers.get('authorization')).toBe('Bearer acc_1');
    expect(page.session.user?.handle).toBe('ann');
  });

  it('needs a session', async () => {
    const page = await loadPage();
    await expect(page.confirmIdentity({ code: '123456' })).rejects.toMatchObject({
      name: 'SessionEnded',
    });
    expect(seen).toEqual([]);
  });
});

describe('logging out', () => {
  it('ends the session here even when the server does not answer', async () => {
    const page = await loadPage();
    answers = [Response.json(tokens), new Response(null, { status: 503 })];
    await page.logIn('ann@example.com', 'a long one');
    await expect(page.logOut()).rejects.toMatchObject({ status: 503 });
    expect(page.session.user).toBeNull();
    expect(store.kept.size).toBe(0);
  });

  it('forgets a session that the server ended, and its cookie', async () => {
    const page = await loadPage();
    answers = [Response.json(tokens)];
    await page.logIn('ann@example.com', 'a long one');
    await page.forgetSession();
    expect(page.session.user).toBeNull();
    expect(new URL(seen[1]?.url ?? '').pathname).toBe('/v1/auth/logout');
    // A token of a session that is over would only be refused.
    expect(seen[1]?.headers.get('authorization')).toBeNull();
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no line')));
    await expect(page.forgetSession()).resolves.toBeUndefined();
  });
});
