/** The addresses of the client, and what each needs. */

export type Route =
  | { name: 'home' }
  | { name: 'login' }
  | { name: 'register' }
  | { name: 'reset' }
  | { name: 'signed-in' }
  | { name: 'settings'; section: Section }
  | { name: 'users' }
  | { name: 'user'; id: string }
  | { name: 'audit' }
  | { name: 'studio' }
  | { name: 'edit'; id: string }
  | { name: 'watch'; id: string }
  | { name: 'channel'; handle: string }
  | { name: 'directory' }
  | { name: 'live'; handle: string }
  | { name: 'broadcast'; id: string }
  | { name: 'go-live' }
  | { name: 'analytics'; id: string }
  | { name: 'not-found' };

/** The parts of one's settings, in the order in which they stand. */
export const SECTIONS = ['profile', 'account', 'security', 'data'] as const;
export type Section = (typeof SECTIONS)[number];

const SIGNED_IN_ONLY: ReadonlySet<Route['name']> = new Set([
  'studio',
  'edit',
  'go-live',
  'analytics',
  'settings',
  'users',
  'user',
  'audit',
]);

export function routeOf(pathname: string): Route {
  const path = pathname.length > 1 ? pathname.replace(/\/+$/, '') : pathname;
  const [, first = '', second, third, ...more] = path.split('/').map(decoded);
  if (more.length > 0) return { name: 'not-found' };
  if (first.startsWith('@') && first.length > 1 && third === undefined) {
    const handle = first.slice(1);
    if (second === undefined) return { name: 'channel', handle };
    return second === 'live' ? { name: 'live', handle } : { name: 'not-found' };
  }
  if (first === 'live' && third === undefined) {
    return second ? { name: 'broadcast', id: second } : { name: 'directory' };
  }
  if (first === 'studio' && second === 'live') {
    return third ? { name: 'analytics', id: third } : { name: 'go-live' };
  }
  if (first === 'watch' && second && third === undefined) return { name: 'watch', id: second };
  if (first === 'studio' && second === 'videos' && third) return { name: 'edit', id: third };
  if (first === 'settings' && third === undefined) return settings(second);
  if (first === 'admin' && second === 'users') {
    return third ? { name: 'user', id: third } : { name: 'users' };
  }
  if (first === 'admin' && second === 'audit' && third === undefined) return { name: 'audit' };
  if (second !== undefined) return { name: 'not-found' };
  if (first === '') return { name: 'home' };
  if (first === 'login' || first === 'register' || first === 'studio') return { name: first };
  if (first === 'reset' || first === 'signed-in') return { name: first };
  return { name: 'not-found' };
}

function settings(section: string | undefined): Route {
  const found = SECTIONS.find((each) => each === (section ?? 'profile'));
  return found ? { name: 'settings', section: found } : { name: 'not-found' };
}

export function needsSignIn(route: Route): boolean {
  return SIGNED_IN_ONLY.has(route.name);
}

export const to = {
  watch: (id: string): string => `/watch/${encodeURIComponent(id)}`,
  /** A video that may still be on its way from a stream that just ended. */
  replay: (id: string): string => `/watch/${encodeURIComponent(id)}?replay`,
  edit: (id: string): string => `/studio/videos/${encodeURIComponent(id)}`,
  channel: (handle: string): string => `/@${encodeURIComponent(handle)}`,
  live: (handle: string): string => `/@${encodeURIComponent(handle)}/live`,
  broadcast: (id: string): string => `/live/${encodeURIComponent(id)}`,
  analytics: (id: string): string => `/studio/live/${encodeURIComponent(id)}`,
  settings: (section: Section): string => `/settings/${section}`,
  user: (id: string): string => `/admin/users/${encodeURIComponent(id)}`,
  /** What somebody did, or what was done to them. */
  audit: (about?: { actor?: string; target?: string }): string =>
    about ? `/admin/audit?${new URLSearchParams(about)}` : '/admin/audit',
  login: (next: string): string =>
    next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`,
};

/** Where to go after signing in: a path of ours, never another site. */
export function nextAfterSignIn(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/studio';
  return /^\/(?![/\\])/.test(next) ? next : '/studio';
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    // A stray “%” in a typed address: take it as it stands.
    return step;
  }
}
