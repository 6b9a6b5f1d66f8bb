/**
 * What plays and how it goes on: starting, choosing a quality, switching from the quick preview
 * to the full ladder at the same place, and coming back after a lost line or expired cookies.
 */
import { AUTO, startEngine, type Engine, type Quality } from './engine';

const RETRY_MS = 3_000;

export class Playback {
  qualities: Quality[] = $state.raw([]);
  /** The level asked for; AUTO lets the engine choose. */
  chosen = $state(AUTO);
  /** The level that plays. */
  playing = $state(AUTO);
  trouble: string | null = $state(null);
  /** The new source is being loaded behind a still picture of the old one. */
  isSwitching = $state(false);
  /** Where the old source was, in seconds. */
  switchedAt = $state(0);

  readonly #renew: () => Promise<void>;
  #engine: Engine | null = null;
  #video: HTMLVideoElement | null = null;
  #url = '';
  #generation = 0;
  /** Troubles since something last played. */
  #troubles = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `renew`: reads the video again, which renews the cookies and may bring a new address. */
  constructor(renew: () => Promise<void>) {
    this.#renew = renew;
  }

  get qualityLabel(): string | null {
    return this.qualities.find((quality) => quality.level === this.playing)?.label ?? null;
  }

  /** Plays `url` from the beginning, or from where the one before it was. */
  async load(video: HTMLVideoElement, url: string): Promise<void> {
    if (this.#video === video && this.#url === url) return;
    const before = this.#engine
      ? { time: video.currentTime, isPlaying: !video.paused && !video.ended }
      : null;
    const speed = video.playbackRate;
    this.isSwitching = before !== null;
    this.switchedAt = before?.time ?? 0;
    const generation = this.#stop();
    this.#video = video;
    this.#url = url;
    this.qualities = [];
    this.chosen = this.playing = AUTO;
    this.trouble = null;
    try {
      const engine = await startEngine(video, url, before?.time ?? 0, {
        onqualities: (qualities) => (this.qualities = qualities),
        onlevel: (level) => (this.playing = level),
        ontrouble: (trouble) => this.#onTrouble(trouble),
      });
      if (generation !== this.#generation) {
        engine.destroy();
        return;
      }
      this.#engine = engine;
      video.playbackRate = speed;
      if (before?.isPlaying) await video.play();
    } catch (error) {
      if (generation !== this.#generation) return;
      // play() is refused where the browser wants a click first: the play button is there.
      if (error instanceof DOMException) return;
      this.trouble = 'This browser cannot play this video.';
      this.isSwitching = false;
    }
  }

  choose(level: number): void {
    this.chosen = level;
    this.#engine?.choose(level);
  }

  /** Something plays (again). */
  onPlaying(): void {
    this.isSwitching = false;
    this.trouble = null;
    this.#troubles = 0;
  }

  destroy(): void {
    this.#stop();
    this.#video = null;
  }

  #stop(): number {
    clearTimeout(this.#timer);
    this.#engine?.destroy();
    this.#engine = null;
    return ++this.#generation;
  }

  #onTrouble(trouble: 'refused' | 'network' | 'media'): void {
    this.isSwitching = false;
    if (trouble === 'media') {
      this.trouble = 'This video stopped: your browser cannot decode it.';
      return;
    }
    this.trouble = 'The video cannot be loaded right now. Trying again…';
    this.#troubles += 1;
    // Cookies that ran out are renewed at once; a server that refuses on is not pressed.
    const delayMs = trouble === 'refused' && this.#troubles === 1 ? 0 : RETRY_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#goOn(), delayMs);
  }

  async #goOn(): Promise<void> {
    const generation = this.#generation;
    try {
      await this.#renew();
    } catch {
      // No line, or the video is gone: the page shows that; here the next try is planned.
      this.#timer = setTimeout(() => void this.#goOn(), RETRY_MS);
      return;
    }
    // A renewed video may have come with another address, which has then been loaded already.
    if (generation !== this.#generation) return;
    this.#timer = setTimeout(() => this.#engine?.reload(), RETRY_MS / 6);
  }
}
