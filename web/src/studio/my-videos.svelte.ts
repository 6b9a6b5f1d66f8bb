/** The person's own videos as the server has them, kept fresh while any is on its way. */
import { ApiError } from '../api/problem';
import { getVideo, isInProgress, listMyVideos, type Video } from '../api/videos';

const POLL_MS = 2_000;
/** Videos asked for in one round; more than these on their way at once is rare. */
const POLL_AT_ONCE = 6;

export class MyVideos {
  items: Video[] = $state.raw([]);
  isLoading = $state(true);
  error: unknown = $state.raw(null);
  cursor: string | null = $state(null);
  readonly #limit: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWatching = false;

  constructor(limit = 24) {
    this.#limit = limit;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      const page = await listMyVideos(null, this.#limit);
      this.items = page.items;
      this.cursor = page.next_cursor;
    } catch (error) {
      this.error = error;
    } finally {
      this.isLoading = false;
    }
  }

  async loadMore(): Promise<void> {
    const page = await listMyVideos(this.cursor, this.#limit);
    const known = new Set(this.items.map((video) => video.id));
    this.items = [...this.items, ...page.items.filter((video) => !known.has(video.id))];
    this.cursor = page.next_cursor;
  }

  /** Puts a new video first, or a changed one where it was. */
  put(video: Video): void {
    const known = this.items.some((item) => item.id === video.id);
    this.items = known
      ? this.items.map((item) => (item.id === video.id ? video : item))
      : [video, ...this.items];
  }

  remove(videoId: string): void {
    this.items = this.items.filter((video) => video.id !== videoId);
  }

  /** Asks again and again for videos on their way, while the page is in view; call to stop. */
  watch(): () => void {
    this.#isWatching = true;
    this.#plan();
    return () => {
      this.#isWatching = false;
      clearTimeout(this.#timer);
    };
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#isWatching) this.#timer = setTimeout(() => void this.#round(), POLL_MS);
  }

  async #round(): Promise<void> {
    if (!document.hidden) {
      const moving = this.items.filter(isInProgress).slice(0, POLL_AT_ONCE);
      await Promise.all(moving.map((video) => this.refresh(video.id)));
    }
    this.#plan();
  }

  async refresh(videoId: string): Promise<void> {
    try {
      const { video } = await getVideo(videoId);
      if (this.items.some((item) => item.id === videoId)) this.put(video);
    } catch (error) {
      // Gone: deleted elsewhere. Anything else shows at the next round or by the offline banner.
      if (error instanceof ApiError && error.status === 404) this.remove(videoId);
    }
  }
}
