/** The person's own videos as the server has them, kept fresh while any is on its way. */
import { ApiError } from '../api/problem';
import { getVideo, isInProgress, listMyVideos, type Video } from '../api/videos';
import { Listing } from '../ui/listing.svelte';

const POLL_MS = 2_000;
/** Videos asked for in one round; more than these on their way at once is rare. */
const POLL_AT_ONCE = 6;

export class MyVideos extends Listing<Video> {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWatching = false;

  /** `limit`: how many at a time. */
  constructor(limit?: number) {
    super((cursor) => listMyVideos(cursor, limit), (video) => video.id);
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
      const moving = (this.items ?? []).filter(isInProgress).slice(0, POLL_AT_ONCE);
      await Promise.all(moving.map((video) => this.refresh(video.id)));
    }
    this.#plan();
  }

  async refresh(videoId: string): Promise<void> {
    try {
      const { video } = await getVideo(videoId);
      if (this.items?.some((item) => item.id === videoId)) this.put(video);
    } catch (error) {
      // Gone: deleted elsewhere. Anything else shows at the next round or by the offline banner.
      if (error instanceof ApiError && error.status === 404) this.remove(videoId);
    }
  }
}
