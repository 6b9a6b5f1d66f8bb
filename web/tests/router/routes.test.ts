import { describe, expect, it } from 'vitest';
import { needsSignIn, nextAfterSignIn, routeOf, to } from '../../src/router/routes';

describe('addresses', () => {
  it.each([
    ['/', { name: 'home' }],
    ['/login', { name: 'login' }],
    ['/studio/', { name: 'studio' }],
    ['/studio/videos/vid_1', { name: 'edit', id: 'vid_1' }],
    ['/watch/vid_1', { name: 'watch', id: 'vid_1' }],
    ['/@ann', { name: 'channel', handle: 'ann' }],
    ['/%40ann', { name: 'channel', handle: 'ann' }],
    ['/@ann/live', { name: 'live', handle: 'ann' }],
    ['/live', { name: 'directory' }],
    ['/live/', { name: 'directory' }],
    ['/live/brd_1', { name: 'broadcast', id: 'brd_1' }],
    ['/studio/live', { name: 'go-live' }],
    ['/studio/live/brd_1', { name: 'analytics', id: 'brd_1' }],
    ['/reset', { name: 'reset' }],
    ['/signed-in', { name: 'signed-in' }],
    ['/settings', { name: 'settings', section: 'profile' }],
    ['/settings/security', { name: 'settings', section: 'security' }],
    ['/admin/users', { name: 'users' }],
    ['/admin/users/usr_1', { name: 'user', id: 'usr_1' }],
    ['/admin/audit', { name: 'audit' }],
    ['/settings/nothing', { name: 'not-found' }],
    ['/settings/data/x', { name: 'not-found' }],
    ['/admin', { name: 'not-found' }],
    ['/admin/audit/x', { name: 'not-found' }],
    ['/signed-in/x', { name: 'not-found' }],
    ['/@ann/live/x', { name: 'not-found' }],
    ['/live/brd_1/x', { name: 'not-found' }],
    ['/watch', { name: 'not-found' }],
    ['/watch/a/b', { name: 'not-found' }],
    ['/@', { name: 'not-found' }],
    ['/@ann/x', { name: 'not-found' }],
    ['/%E0%A4%A', { name: 'not-found' }],
    ['/studio/videos/a/b', { name: 'not-found' }],
  ])('%s', (path, route) => {
    expect(routeOf(path)).toEqual(route);
  });

  it('of the studio need a sign-in, others do not', () => {
    expect(needsSignIn(routeOf('/studio'))).toBe(true);
    expect(needsSignIn(routeOf('/studio/videos/vid_1'))).toBe(true);
    expect(needsSignIn(routeOf('/studio/live'))).toBe(true);
    expect(needsSignIn(routeOf('/studio/live/brd_1'))).toBe(true);
    expect(needsSignIn(routeOf('/settings'))).toBe(true);
    expect(needsSignIn(routeOf('/admin/users'))).toBe(true);
    expect(needsSignIn(routeOf('/admin/audit'))).toBe(true);
    expect(needsSignIn(routeOf('/reset'))).toBe(false);
    expect(needsSignIn(routeOf('/signed-in'))).toBe(false);
    expect(needsSignIn(routeOf('/watch/vid_1'))).toBe(false);
    expect(needsSignIn(routeOf('/@ann/live'))).toBe(false);
    expect(needsSignIn(routeOf('/live'))).toBe(false);
  });
});

describe('after signing in', () => {
  it('one goes back to where one was', () => {
    expect(nextAfterSignIn(new URL(to.login('/watch/v'), 'http://x').search)).toBe('/watch/v');
  });

  it.each(['?next=//evil.example', '?next=https://evil.example', '?next=/\\evil.example', ''])(
    'one never lands on another site (%s)',
    (search) => {
      expect(nextAfterSignIn(search)).toBe('/studio');
    },
  );
});
