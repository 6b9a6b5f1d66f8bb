import { describe, expect, it } from 'vitest';
import type { Me, PictureState } from '../../src/api/me';
import { deviceName } from '../../src/pages/settings/device-name';
import { localeName, LOCALES } from '../../src/pages/settings/interests';
import { refusalOf, waitForPicture } from '../../src/pages/settings/picture-changes';
import { changes, fieldsOf, tidied } from '../../src/pages/settings/profile-edits';

const me = {
  display_name: 'Ann',
  bio: 'Painter',
  links: ['https://example.com/'],
  locale: null,
  birth_band: null,
  interests: ['art', 'music'],
} as unknown as Me;

describe('what is sent of a profile', () => {
  it('is nothing when nothing was changed', () => {
    const before = fieldsOf(me);
    const shuffled = { ...before, interests: [...before.interests].reverse(), bio: ' Painter\n' };
    expect(changes(before, tidied(shuffled))).toEqual({});
  });

  it('is only what was changed', () => {
    const before = fieldsOf(me);
    const after = { ...before, bio: '', birth_band: '25-34' as const };
    expect(changes(before, tidied(after))).toEqual({ bio: '', birth_band: '25-34' });
  });

  it('has links as people mean them', () => {
    const links = [' example.com ', '', 'http://a.example', 'javascript:alert(1)'];
    expect(tidied({ ...fieldsOf(me), links }).links).toEqual([
      'https://example.com',
      'http://a.example',
      // Not a web address: sent as it is, so that the API says so.
      'javascript:alert(1)',
    ]);
  });
});

describe('a device’s name', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
      'Chrome on Linux',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
      'Safari on iPhone',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0', 'Firefox on Windows'],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['python-httpx/0.28.1', 'python-httpx/0.28.1'],
    ['', 'Unknown device'],
  ])('%s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });
});

describe('a picture', () => {
  it('is refused before it is sent when it cannot be one', () => {
    expect(refusalOf({ type: 'image/png', size: 1000 })).toBeNull();
    expect(refusalOf({ type: 'image/svg+xml', size: 1000 })).toMatch(/JPEG/);
    expect(refusalOf({ type: 'image/png', size: 9 * 1024 * 1024 })).toMatch(/8 MB/);
  });

  const states = (...list: PictureState[]) => {
    let asked = 0;
    return {
      ask: async () => list[Math.min(asked++, list.length - 1)] as PictureState,
      count: () => asked,
    };
  };
  const wait = async (): Promise<void> => undefined;
  const none: PictureState = { url: null, refused: null };

  it('is there when its address is another', async () => {
    const server = states(none, none, { url: '/a/2/256.webp', refused: null });
    expect(await waitForPicture('up_1', null, server.ask, wait)).toEqual({ kind: 'there' });
    expect(server.count()).toBe(3);
    const old = { url: '/a/1/256.webp', refused: null };
    const other = states(old, { url: '/a/2/256.webp', refused: null });
    expect(await waitForPicture('up_1', old.url, other.ask, wait)).toEqual({ kind: 'there' });
  });

  it('is refused with the reason, for this upload and not for an older one', async () => {
    const older = { url: null, refused: { upload_id: 'up_0', reason: 'Old.' } };
    const server = states(older, { url: null, refused: { upload_id: 'up_1', reason: 'No picture.' } });
    expect(await waitForPicture('up_1', null, server.ask, wait)).toEqual({
      kind: 'refused',
      reason: 'No picture.',
    });
  });

  it('is not waited for without end', async () => {
    const server = states(none);
    expect(await waitForPicture('up_1', null, server.ask, wait)).toEqual({ kind: 'unknown' });
    expect(server.count()).toBeLessThan(100);
  });
});

describe('languages', () => {
  it('are named in themselves', () => {
    expect(localeName('de')).toBe('Deutsch');
    expect(new Set(LOCALES.map(localeName)).size).toBe(LOCALES.length);
  });
});
