import { describe, expect, it } from 'vitest';
import { avatarAt, bannerSet } from '../../src/ui/pictures';

const avatar = '/media/public/people/usr_1/avatar/v1/256.webp';
const banner = '/media/public/people/usr_1/banner/v1/1500.webp';

describe('the size of a picture', () => {
  it.each([
    [22, '/64.webp'],
    [32, '/64.webp'],
    [72, '/256.webp'],
    [200, '/512.webp'],
  ])('for %i pixels is %s', (pixels, end) => {
    expect(avatarAt(avatar, pixels)?.endsWith(end)).toBe(true);
  });

  it('is as it is for what is not from here', () => {
    expect(avatarAt('blob:http://localhost/1', 22)).toBe('blob:http://localhost/1');
    expect(avatarAt(null, 22)).toBeNull();
    expect(bannerSet('blob:http://localhost/1')).toBeUndefined();
  });

  it('of a banner is the browser’s choice', () => {
    expect(bannerSet(banner)).toBe(`${banner.replace('1500', '750')} 750w, ${banner} 1500w`);
  });
});
