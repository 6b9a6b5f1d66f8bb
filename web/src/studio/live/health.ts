/** What a creator is told of their stream, from the figures that the ingest measured. */
import type { Analytics, Point } from '../../api/live';
import type { Dot } from '../../charts/scale';

export interface Gauge {
  name: string;
  /** With its unit, or “–”. */
  value: string;
  dots: Dot[];
  /** Something is wrong with it, in words. */
  warning: string | null;
}

const KEYFRAMES_AT_MOST_S = 3;
const RECENT_MS = 90_000;
/** Frames lost before these are told in the sum, but nothing is to be done about them. */
const RECENT_DOTS = 3;
/** A frame now and then is how a clock is read, not a fault that anybody sees. */
const UNSEEN_SHARE = 0.01;
const USUAL_FRAME_RATE = 30;

export function dotsOf(points: readonly Point[]): Dot[] {
  return points
    .map(({ at, value }) => ({ at: Date.parse(at), value }))
    .filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value))
    .sort((a, b) => a.at - b.at);
}

export function formatBitrate(bps: number): string {
  if (bps >= 1_000_000) return `${(bps / 1_000_000).toFixed(1)} Mbit/s`;
  return `${Math.round(bps / 1000)} kbit/s`;
}

export function gaugesOf(analytics: Analytics): Gauge[] {
  const { health } = analytics;
  const video = dotsOf(health.video_bitrate_bps);
  const audio = dotsOf(health.audio_bitrate_bps);
  const rate = dotsOf(health.frame_rate);
  const keyframes = dotsOf(health.keyframe_interval_s);
  const dropped = dotsOf(health.dropped_frames);
  const lost = sum(dropped);
  const usualRate = rate.at(-1)?.value ?? USUAL_FRAME_RATE;
  const sent = usualRate * (health.period_seconds ?? 0) * RECENT_DOTS;
  const gauge = (
    name: string,
    dots: Dot[],
    format: (value: number) => string,
    warning: string | null = null,
  ): Gauge => {
    const last = dots.at(-1);
    return { name, dots, value: last ? format(last.value) : '–', warning: last ? warning : null };
  };
  const slow = (keyframes.at(-1)?.value ?? 0) > KEYFRAMES_AT_MOST_S;
  return [
    gauge('Video bitrate', video, formatBitrate, falling(video)),
    gauge('Audio bitrate', audio, formatBitrate),
    gauge('Frame rate', rate, (value) => `${Number(value.toFixed(1))} fps`, falling(rate)),
    gauge(
      'Keyframe interval',
      keyframes,
      (value) => `${value.toFixed(1)} s`,
      slow ? 'Set it to 1 or 2 seconds: viewers see you later and join more slowly.' : null,
    ),
    {
      ...gauge(
        'Dropped frames',
        dropped,
        () => String(Math.round(lost)),
        sum(dropped.slice(-RECENT_DOTS)) > sent * UNSEEN_SHARE
          ? 'Your encoder or your line does not keep up.'
          : null,
      ),
    },
  ];
}

/** “avc1.64001f” is H.264, “mp4a.40.2” is AAC (RFC 6381); others as they stand. */
export function codecName(codec: string | null): string {
  if (!codec) return '–';
  if (/^avc[13]/i.test(codec)) return 'H.264';
  return /^mp4a\.40/i.test(codec) ? 'AAC' : codec;
}

function sum(dots: readonly Dot[]): number {
  return dots.reduce((before, { value }) => before + value, 0);
}

/** The last figure is less than half of what was usual before. */
function falling(dots: readonly Dot[]): string | null {
  const last = dots.at(-1);
  if (!last || dots.length < 4) return null;
  const before = dots
    .slice(0, -1)
    .map(({ value }) => value)
    .sort((a, b) => a - b);
  const usual = before[before.length >> 1] ?? 0;
  return usual > 0 && last.value < usual / 2 ? 'It has fallen by more than half.' : null;
}

/** Whether the ingest gets too little just now: a starvation that began and has not ended. */
export function isStarving(events: Analytics['events'], now: number): boolean {
  const told = events
    .filter(({ kind }) => kind.startsWith('starvation'))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .at(-1);
  if (told?.kind !== 'starvation_start') return false;
  return now - Date.parse(told.at) < RECENT_MS * 10;
}
