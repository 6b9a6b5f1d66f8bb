/** Where the person is, and moving without loading the page again. */
import { routeOf, type Route } from './routes';

/** Paths on this origin that are not pages of this client. */
const ELSEWHERE = /^\/(docs|v1|media|\.well-known)(\/|$)|\.[a-z0-9]+$/i;

class Router {
  path = $state(location.pathname);
  search = $state(location.search);
  /** Moves within the client so far: 0 on the page that was loaded. */
  moves = $state(0);
  readonly route: Route = $derived(routeOf(this.path));

  constructor() {
    addEventListener('popstate', () => this.#arrive());
    document.addEventListener('click', (event) => this.#onClick(event));
  }

  go(target: string, options: { replace?: boolean } = {}): void {
    if (options.replace) history.replaceState(null, '', target);
    else history.pushState(null, '', target);
    this.#arrive();
    scrollTo(0, 0);
  }

  #arrive(): void {
    this.path = location.pathname;
    this.search = location.search;
    this.moves += 1;
  }

  #onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (!link || link.target || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || ELSEWHERE.test(link.pathname)) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    if (link.href !== location.href) this.go(link.pathname + link.search);
  }
}

export const router = new Router();
