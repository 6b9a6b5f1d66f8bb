/** The hls.js side of the engine; loaded only when a video is watched. */
import Hls from 'hls.js';
import type { ErrorData, HlsConfig, Level } from 'hls.js';
import type { Engine, EngineEvents, Mode, Quality } from './engine';
import { isOff, targetLatencyOf } from './target-latency';

/** Tries to bring a broken decoder back before it is called a trouble. */
const RECOVERIES = 2;

const settings: Partial<HlsConfig> = {
  // Where nothing is known yet, begin as for an ordinary line rather than for a bad one.
  abrEwmaDefaultEstimate: 2_500_000,
  capLevelToPlayerSize: true,
  maxBufferLength: 30,
  // Nobody pays for minutes that they may never watch.
  maxMaxBufferLength: 60,
  backBufferLength: 60,
  enableWorker: false,
};

/**
 * Short segments: as near to the edge as the playlist allows, catching up so gently that nobody
 * hears it. What stalls moves a little further back by itself.
 */
const liveSettings: Partial<HlsConfig> = {
  ...settings,
  lowLatencyMode: true,
  maxLiveSyncPlaybackRate: 1.08,
  liveSyncOnStallIncrease: 0.5,
  maxBufferLength: 12,
  backBufferLength: 30,
  // The first segment is fetched while the decoder is still being set up.
  startFragPrefetch: true,
};

export function canPlay(): boolean {
  return Hls.isSupported();
}

export function startHls(
  video: HTMLVideoElement,
  url: string,
  startAt: number,
  events: EngineEvents,
  mode: Mode,
): Engine {
  const isLive = mode === 'live';
  const hls = new Hls(
    isLive ? liveSettings : { ...settings, startPosition: startAt > 0 ? startAt : -1 },
  );
  let recoveries = 0;

  hls.on(Hls.Events.MANIFEST_PARSED, () => events.onqualities(qualitiesOf(hls.levels)));
  hls.on(Hls.Events.LEVEL_SWITCHED, (_name, data) => events.onlevel(data.level));
  if (isLive) {
    hls.on(Hls.Events.LEVEL_UPDATED, (_name, { details }) => {
      const target = targetLatencyOf(details);
      if (target !== null && isOff(target, hls.config.liveSyncDuration)) hls.targetLatency = target;
    });
  }
  hls.on(Hls.Events.ERROR, (_name, error) => {
    if (!error.fatal) return;
    if (error.type === Hls.ErrorTypes.MEDIA_ERROR && recoveries < RECOVERIES) {
      recoveries += 1;
      hls.recoverMediaError();
    } else {
      events.ontrouble(troubleOf(error));
    }
  });
  hls.attachMedia(video);
  hls.loadSource(url);

  return {
    choose: (level) => {
      // Takes the place of what is buffered at another quality, without a gap.
      hls.nextLevel = level;
    },
    reload: () => (hls.levels.length > 0 ? hls.startLoad() : hls.loadSource(url)),
    edge: () =>
      isLive && hls.latency > 0
        ? {
            playingDate: hls.playingDate,
            behindEdge: hls.latency,
            target: hls.targetLatency ?? hls.latency,
          }
        : null,
    toEdge: () => {
      const position = hls.liveSyncPosition;
      if (position !== null) video.currentTime = position;
    },
    destroy: () => hls.destroy(),
  };
}

function qualitiesOf(levels: readonly Level[]): Quality[] {
  return levels
    .map((level, index) => ({ level: index, size: Math.min(level.width, level.height) }))
    .sort((a, b) => b.size - a.size)
    .map(({ level, size }) => ({ level, label: `${size}p` }));
}

function troubleOf(error: ErrorData): 'refused' | 'network' | 'media' {
  if (error.type !== Hls.ErrorTypes.NETWORK_ERROR) return 'media';
  const status = error.response?.code ?? 0;
  return status >= 400 && status < 500 ? 'refused' : 'network';
}
