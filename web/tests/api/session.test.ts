import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, NetworkError, SessionEnded } from '../../src/api/problem';
import { Session, type TokenAnswer } from '../../src/api/session';

const user = { id: 'usr_1', handle: 'ann', display_name: 'Ann' };

function setUp() {
  const kept = new Map<string, string>();
  const clock = { now: 1_000_000 };
  let count = 0;
  const trade = vi.fn(async (_token: string): Promise<TokenAnswer> => {
    count += 1;
    await Promise.resolve();
    return { access_token: `access-${count}`, refresh_token: `refresh-${count}`, expires_in: 900 };
  });
  let queue: Promise<unknown> = Promise.resolve();
  const ports = {
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
    exclusively: <T>(work: () => Promise<T>): Promise<T> => {
      const turn = queue.then(work, work);
      queue = turn.catch(() => undefined);
      return turn;
    },
    trade,
    now: () => clock.now,
  };
  return { kept, clock, trade, tab: () => new Session(ports) };
}

let world: ReturnType<typeof setUp>;
let session: Session;

beforeEach(() => {
  world = setUp();
  session = world.tab();
});

function begin(): void {
  const answer = { access_token: 'access-0', refresh_token: 'refresh-0', expires_in: 900 };
  session.begin({ ...answer, user });
}

describe('nobody signed in', () => {
  it('has no token and asks for none', async () => {
    expect(await session.accessToken()).toBeNull();
    expect(world.trade).not.toHaveBeenCalled();
  });
});

describe('a session', () => {
  beforeEach(begin);

  it('keeps the access token in memory only', () => {
    expect([...world.kept.values()].join()).not.toContain('access-0');
    expect([...world.kept.values()].join()).toContain('refresh-0');
  });

  it('uses its access token until shortly before it ends', async () => {
    world.clock.now += 860_000;
    expect(await session.accessToken()).toBe('access-0');
    world.clock.now += 20_000;
    expect(await session.accessToken()).toBe('access-1');
  });

  it('trades once for calls that come together', async () => {
    world.clock.now += 900_000;
    const tokens = await Promise.all([session.accessToken(), session.accessToken(), session.refresh()]);
    expect(tokens).toEqual(['access-1', 'access-1', 'access-1']);
    expect(world.trade).toHaveBeenCalledTimes(1);
  });

  it('can trade again afterwards, with the rotated token', async () => {
    await session.refresh();
    await session.refresh();
    expect(world.trade.mock.calls.map(([token]) => token)).toEqual(['refresh-0', 'refresh-1']);
  });

  it('survives a reload', async () => {
    const reloaded = world.tab();
    expect(reloaded.user).toEqual(user);
    expect(await reloaded.accessToken()).toBe('access-1');
  });

  it('never trades one token twice between tabs', async () => {
    const other = world.tab();
    await Promise.all([session.refresh(), other.refresh()]);
    expect(world.trade.mock.calls.map(([token]) => token)).toEqual(['refresh-0', 'refresh-1']);
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
    expect(session.user).toEqual(user);
    expect(await session.refresh()).toBe('access-1');
  });

  it('ends here when another tab logs out', () => {
    const told = vi.fn();
    session.onChange(told);
    const before = session.user;
    world.tab().end('logged-out');
    session.changedElsewhere(before);
    expect(told).toHaveBeenCalledWith(null, 'logged-out');
  });

  it('goes on when another tab only rotated the token', () => {
    const told = vi.fn();
    session.onChange(told);
    session.changedElsewhere(session.user);
    expect(told).not.toHaveBeenCalled();
  });

  it('is nothing when what was kept is not ours', async () => {
    for (const key of world.kept.keys()) world.kept.set(key, '{broken');
    expect(world.tab().user).toBeNull();
  });
});
