/**
 * What plays and how it goes on: starting, choosing a quality, switching from the quick preview
 * to the full ladder at the same place, and coming back after a lost line or expired cookies.
 */
import type { LiveEdge } from '../live/latency';
import { AUTO, startEngine, type Engine, type Mode, type Quality } from './engine';

const RETRY_MS = 3_000;
/** A live stream that stumbles is back in a moment, or its page says that it is over. */
const LIVE_RETRY_MS = 1_000;

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
  readonly #mode: Mode;
  #engine: Engine | null = null;
  #video: HTMLVideoElement | null = null;
  #url = '';
  #generation = 0;
  /** Troubles since something last played. */
  #troubles = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `renew`: reads the video again, which renews the cookies and may bring a new address. */
  constructor(renew: () => Promise<void>, mode: Mode = 'recording') {
    this.#renew = renew;
    this.#mode = mode;
  }

  get #retryMs(): number {
    return this.#mode === 'live' ? LIVE_RETRY_MS : RETRY_MS;
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
      const events = {
        onqualities: (qualities: Quality[]) => (this.qualities = qualities),
        onlevel: (level: number) => (this.playing = level),
        ontrouble: (trouble: 'refused' | 'network' | 'media') => this.#onTrouble(trouble),
      };
      const startAt = this.#mode === 'live' ? 0 : (before?.time ?? 0);
      const engine = await startEngine(video, url, startAt, events, this.#mode);
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

  /** How far behind a live stream plays. */
  edge(): LiveEdge | null {
    return this.#engine?.edge() ?? null;
  }

  toEdge(): void {
    this.#engine?.toEdge();
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
    if (trouble === 'media' && this.#mode === 'recording') {
      this.trouble = 'This video stopped: your browser cannot decode it.';
      return;
    }
    this.trouble =
      this.#mode === 'live'
        ? 'The stream cannot be loaded right now. Trying again…'
        : 'The video cannot be loaded right now. Trying again…';
    this.#troubles += 1;
    // Cookies that ran out are renewed at once; a server that refuses on is not pressed.
    const delayMs = trouble === 'refused' && this.#troubles === 1 ? 0 : this.#retryMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#goOn(), delayMs);
  }

  async #goOn(): Promise<void> {
    const generation = this.#generation;
    try {
      await this.#renew();
    } catch {
      // No line, or the video is gone: the page shows that; here the next try is planned.
      this.#timer = setTimeout(() => void this.#goOn(), this.#retryMs);
      return;
    }
    // A renewed video may have come with another address, which has then been loaded already.
    if (generation !== this.#generation) return;
    this.#timer = setTimeout(() => this.#engine?.reload(), RETRY_MS / 6);
  }
}
