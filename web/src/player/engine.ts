/** Plays an HLS address in a video element: hls.js where it can, the browser itself elsewhere. */
import type { LiveEdge } from '../live/latency';

export interface Quality {
  /** Index to choose it by. */
  level: number;
  /** By the shorter side, as the ladder is made: “1080p”. */
  label: string;
}

export interface EngineEvents {
  onqualities(qualities: Quality[]): void;
  /** The level that is playing now. */
  onlevel(level: number): void;
  /** Playback cannot go on by itself. `refused`: the server answered, and it was no. */
  ontrouble(trouble: 'refused' | 'network' | 'media'): void;
}

export interface Engine {
  /** -1 lets the engine choose. */
  choose(level: number): void;
  /** Loads on after a network trouble. */
  reload(): void;
  /** How far behind a live stream plays; null for anything else, or while nothing is known. */
  edge(): LiveEdge | null;
  /** Jumps to where a live stream is played from. */
  toEdge(): void;
  destroy(): void;
}

/** Whole recordings begin where they are told to, live streams at their edge. */
export type Mode = 'recording' | 'live';

export const AUTO = -1;
const HLS_TYPE = 'application/vnd.apple.mpegurl';

const hasMediaSource = 'MediaSource' in globalThis || 'ManagedMediaSource' in globalThis;

/** Fetches the engine while the page still asks for the video. */
export function warmUp(): void {
  // Should it fail, starting the engine fetches it again and says so.
  if (hasMediaSource) import('./hls-engine').catch(() => undefined);
}

/** Throws when this browser can play HLS in neither way. */
export async function startEngine(
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  events: EngineEvents,
  mode: Mode = 'recording',
): Promise<Engine> {
  if (hasMediaSource) {
    const { startHls, canPlay } = await import('./hls-engine');
    if (canPlay()) return startHls(video, url, startAt, events, mode);
  }
  return startNative(video, url, startAt, events, mode);
}

function startNative(
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  events: EngineEvents,
  mode: Mode,
): Engine {
  if (!video.canPlayType(HLS_TYPE)) throw new Error('this browser plays no HLS');
  const onError = (): void => events.ontrouble('network');
  const seek = (): void => {
    if (startAt > 0) video.currentTime = startAt;
  };
  video.addEventListener('error', onError);
  video.addEventListener('loadedmetadata', seek, { once: true });
  video.src = url;
  return {
    choose: () => undefined,
    reload: () => video.load(),
    edge: () => (mode === 'live' ? nativeEdge(video) : null),
    toEdge: () => {
      const end = seekableEnd(video);
      if (end !== null) video.currentTime = Math.max(0, end - NATIVE_TARGET_SECONDS);
    },
    destroy: () => {
      video.removeEventListener('error', onError);
      video.removeEventListener('loadedmetadata', seek);
      video.removeAttribute('src');
      video.load();
    },
  };
}

/** Where Safari itself keeps from the end of a live playlist. */
const NATIVE_TARGET_SECONDS = 3;

function seekableEnd(video: HTMLVideoElement): number | null {
  return video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : null;
}

function nativeEdge(video: HTMLVideoElement): LiveEdge | null {
  const end = seekableEnd(video);
  if (end === null) return null;
  const began = (video as HTMLVideoElement & { getStartDate?: () => Date }).getStartDate?.();
  const beganMs = began?.getTime() ?? Number.NaN;
  return {
    playingDate: Number.isNaN(beganMs) ? null : new Date(beganMs + video.currentTime * 1000),
    behindEdge: Math.max(0, end - video.currentTime),
    target: NATIVE_TARGET_SECONDS,
  };
}
