import { describe, expect, it, vi } from 'vitest';
import { PartUrls } from '../../src/upload/part-urls';

function setUp(lifeSeconds = 600) {
  const clock = { now: 0 };
  const renew = vi.fn(async (numbers: number[]) =>
    numbers.map((part_number) => ({
      part_number,
      url: `http://s3/p?partNumber=${part_number}&X-Amz-Expires=${lifeSeconds}&at=${clock.now}`,
    })),
  );
  return { clock, renew, urls: new PartUrls(renew, () => clock.now) };
}

describe('addresses of parts', () => {
  it('that came with the upload are used without asking', async () => {
    const { urls, renew } = setUp();
    urls.keep([{ part_number: 1, url: 'http://s3/one?X-Amz-Expires=600' }]);
    expect(await urls.get(1, [])).toBe('http://s3/one?X-Amz-Expires=600');
    expect(renew).not.toHaveBeenCalled();
  });

  it('are asked for in batches of the next fifty', async () => {
    const { urls, renew } = setUp();
    const next = Array.from({ length: 100 }, (_, index) => index + 2);
    await urls.get(1, next);
    await urls.get(50, []);
    expect(renew).toHaveBeenCalledTimes(1);
    expect(renew.mock.calls[0]?.[0]).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  it('are asked for once when several parts want one at the same time', async () => {
    const { urls, renew } = setUp();
    await Promise.all([urls.get(1, [2, 3]), urls.get(2, [3]), urls.get(3, [])]);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('are renewed before they expire', async () => {
    const { urls, renew, clock } = setUp(600);
    await urls.get(1, []);
    clock.now = 500_000;
    await urls.get(1, []);
    expect(renew).toHaveBeenCalledTimes(1);
    clock.now = 545_000;
    expect(await urls.get(1, [])).toContain('at=545000');
    expect(renew).toHaveBeenCalledTimes(2);
  });

  it('are renewed after the storage refused one', async () => {
    const { urls, renew } = setUp();
    await urls.get(1, []);
    urls.drop(1);
    await urls.get(1, []);
    expect(renew).toHaveBeenCalledTimes(2);
  });

  it('fail when asking fails, and can be asked for again', async () => {
    const { urls, renew } = setUp();
    renew.mockRejectedValueOnce(new Error('no line'));
    await expect(urls.get(1, [])).rejects.toThrow('no line');
    await expect(urls.get(1, [])).resolves.toContain('partNumber=1');
  });
});
