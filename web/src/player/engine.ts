/** Plays an HLS address in a video element: hls.js where it can, the browser itself elsewhere. */

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
  destroy(): void;
}

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
): Promise<Engine> {
  if (!hasMediaSource) return startNative(video, url, startAt, events);
  const { startHls, canPlay } = await import('./hls-engine');
  return canPlay() ? startHls(video, url, startAt, events) : startNative(video, url, startAt, events);
}

function startNative(
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  events: EngineEvents,
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
    destroy: () => {
      video.removeEventListener('error', onError);
      video.removeEventListener('loadedmetadata', seek);
      video.removeAttribute('src');
      video.load();
    },
  };
}
