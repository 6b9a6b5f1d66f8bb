import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError, SessionEnded } from '../../src/api/problem';
import { Session, type KnownUser, type TokenAnswer } from '../../src/api/session';

const ann: KnownUser = { id: 'usr_1', handle: 'ann', display_name: 'Ann' };
const bob: KnownUser = { id: 'usr_2', handle: 'bob', display_name: 'Bob' };
const kept = { avatar_url: null, roles: [], delete_after: null };

function setUp() {
  const store = new Map<string, string>();
  const clock = { now: 1_000_000 };
  let count = 0;
  let inside = 0;
  const trade = vi.fn(async (): Promise<TokenAnswer> => {
    count += 1;
    inside += 1;
    if (inside > 1) throw new Error('two trades at once');
    await Promise.resolve();
    inside -= 1;
    return { access_token: `access-${count}`, expires_in: 900, user: ann };
  });
  let queue: Promise<unknown> = Promise.resolve();
  const ports = {
    storage: {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => void store.set(key, value),
      removeItem: (key: string) => void store.delete(key),
    },
    exclusively: <T>(work: () => Promise<T>): Promise<T> => {
      const turn = queue.then(work, work);
      queue = turn.catch(() => undefined);
      return turn;
    },
    trade,
    now: () => clock.now,
  };
  return { store, clock, trade, tab: () => new Session(ports) };
}

let world: ReturnType<typeof setUp>;
let session: Session;

beforeEach(() => {
  world = setUp();
  session = world.tab();
});

function begin(user: KnownUser = ann, tab = session): Promise<unknown> {
  const answer = { access_token: `access-of-${user.handle}`, refresh_token: null, expires_in: 900, user };
  return tab.begin(
    async () => answer,
    (found) => found,
  );
}

describe('nobody signed in', () => {
  it('has no token and asks for none', async () => {
    expect(await session.accessToken()).toBeNull();
    expect(world.trade).not.toHaveBeenCalled();
  });

  it('stays so when there is another step to take', async () => {
    const told = vi.fn();
    session.onChange(told);
    const answer = await session.begin(
      async () => ({ challenge: 'c' }),
      () => null,
    );
    expect(answer).toEqual({ challenge: 'c' });
    expect(session.user).toBeNull();
    expect(told).not.toHaveBeenCalled();
  });
});

describe('a session', () => {
  beforeEach(() => begin());

  it('keeps who it is, and no token at all', () => {
    expect([...world.store.values()].map((each) => JSON.parse(each))).toEqual([
      { user: { ...ann, ...kept } },
    ]);
  });

  it('keeps nothing more of what the server tells', async () => {
    const answer = { ...ann, email: 'ann@example.com', roles: ['admin'], avatar_url: '/a.webp' };
    await begin(answer);
    expect(session.user).toEqual({ ...ann, roles: ['admin'], avatar_url: '/a.webp', delete_after: null });
    expect([...world.store.values()].join()).not.toContain('ann@example.com');
  });

  it('uses its access token until shortly before it ends', async () => {
    world.clock.now += 860_000;
    expect(await session.accessToken()).toBe('access-of-ann');
    world.clock.now += 20_000;
    expect(await session.accessToken()).toBe('access-1');
  });

  it('trades once for calls that come together', async () => {
    world.clock.now += 900_000;
    const tokens = await Promise.all([session.accessToken(), session.accessToken(), session.refresh()]);
    expect(tokens).toEqual(['access-1', 'access-1', 'access-1']);
    expect(world.trade).toHaveBeenCalledTimes(1);
  });

  it('can trade again afterwards', async () => {
    await session.refresh();
    expect(await session.refresh()).toBe('access-2');
  });

  it('survives a reload', async () => {
    const reloaded = world.tab();
    expect(reloaded.user).toEqual({ ...ann, ...kept });
    expect(await reloaded.accessToken()).toBe('access-1');
  });

  it('never trades in two tabs at once', async () => {
    const other = world.tab();
    expect(await Promise.all([session.refresh(), other.refresh()])).toEqual(['access-1', 'access-2']);
  });

  it('does not begin while another tab trades', async () => {
    const order: string[] = [];
    world.trade.mockImplementationOnce(async () => {
      await Promise.resolve();
      order.push('traded');
      return { access_token: 'a', expires_in: 900, user: ann };
    });
    const asked = async () => {
      order.push('asked');
      return { access_token: 'b', expires_in: 900, user: bob };
    };
    await Promise.all([world.tab().refresh(), session.begin(asked, (found) => found)]);
    expect(order).toEqual(['traded', 'asked']);
    expect(session.user?.handle).toBe('bob');
  });

  it('ends when the server no longer takes its refresh token', async () => {
    const told = vi.fn();
    session.onChange(told);
    world.trade.mockRejectedValueOnce(new ApiError(401, { code: 'refresh_token_reused' }));
    await expect(session.refresh()).rejects.toBeInstanceOf(SessionEnded);
    expect(told).toHaveBeenCalledWith(null, 'expired');
    expect(session.user).toBeNull();
    expect(await session.accessToken()).toBeNull();
  });

  it.each([
    ['no answer', new TypeError('failed to fetch')],
    ['a server fault', new ApiError(503, {})],
    ['too many requests', new ApiError(429, {})],
  ])('does not end because of %s', async (_name, error) => {
    world.trade.mockRejectedValueOnce(error);
    const expected = error instanceof ApiError ? ApiError : NetworkError;
    await expect(session.refresh()).rejects.toBeInstanceOf(expected);
    expect(session.user?.handle).toBe('ann');
    expect(await session.refresh()).toBe('access-1');
  });

  it('tells when a trade brings another picture or role, and only then', async () => {
    const told = vi.fn();
    session.onChange(told);
    await session.refresh();
    expect(told).not.toHaveBeenCalled();
    const user = { ...ann, roles: ['admin'] };
    world.trade.mockResolvedValueOnce({ access_token: 'a', expires_in: 900, user });
    await session.refresh();
    expect(told).toHaveBeenCalledWith({ ...ann, ...kept, roles: ['admin'] }, null);
  });

  it('takes over what its person edits, and nothing of anybody else', () => {
    const told = vi.fn();
    session.onChange(told);
    session.update({ ...ann, display_name: 'Ann Other' });
    session.update(bob);
    expect(session.user?.display_name).toBe('Ann Other');
    expect(told).toHaveBeenCalledTimes(1);
  });
});

describe('what happens in another tab', () => {
  let told: ReturnType<typeof vi.fn<(user: unknown, reason: unknown) => void>>;

  beforeEach(async () => {
    await begin();
    told = vi.fn<(user: unknown, reason: unknown) => void>();
    session.onChange(told);
  });

  it('ends the session here when it logs out', () => {
    const before = session.user;
    world.tab().end('logged-out');
    session.changedElsewhere(before);
    expect(told).toHaveBeenCalledWith(null, 'logged-out');
  });

  it('is the last word over a trade under way', async () => {
    world.trade.mockImplementationOnce(async () => {
      world.tab().end('logged-out');
      return { access_token: 'late', expires_in: 900, user: ann };
    });
    await expect(session.refresh()).rejects.toBeInstanceOf(SessionEnded);
    expect(session.user).toBeNull();
    expect(await session.accessToken()).toBeNull();
  });

  it('is nothing to tell when nothing kept has changed', () => {
    session.changedElsewhere(session.user);
    expect(told).not.toHaveBeenCalled();
  });

  it('shows an edited name here and keeps the token', async () => {
    const before = session.user;
    world.tab().update({ ...ann, display_name: 'Ann Other' });
    session.changedElsewhere(before);
    expect(told).toHaveBeenCalledWith({ ...ann, ...kept, display_name: 'Ann Other' }, null);
    expect(await session.accessToken()).toBe('access-of-ann');
  });

  it('never leaves one person’s token to another', async () => {
    const before = session.user;
    await begin(bob, world.tab());
    world.trade.mockResolvedValueOnce({ access_token: 'new-of-bob', expires_in: 900, user: bob });
    // Even before this tab has heard of it.
    expect(await session.accessToken()).toBe('new-of-bob');
    session.changedElsewhere(before);
    expect(told).toHaveBeenCalledWith({ ...bob, ...kept }, null);
  });
});

describe('what was kept', () => {
  it('is nothing when it is not ours', async () => {
    await begin();
    for (const key of world.store.keys()) world.store.set(key, '{broken');
    expect(world.tab().user).toBeNull();
    for (const key of world.store.keys()) world.store.set(key, '{}');
    expect(world.tab().user).toBeNull();
  });

  it('loses a refresh token that an older client left', async () => {
    await begin();
    const [key = ''] = world.store.keys();
    world.store.set(key, JSON.stringify({ refresh_token: 'rft_old', user: ann }));
    await world.tab().refresh();
    expect(world.store.get(key)).not.toContain('rft_old');
  });
});
