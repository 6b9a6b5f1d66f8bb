import { describe, expect, it } from 'vitest';
import type { Analytics, Point } from '../../src/api/live';
import { ffmpegCommand } from '../../src/studio/live/encoders';
import { codecName, formatBitrate, gaugesOf, isStarving } from '../../src/studio/live/health';

const points = (values: number[]): Point[] =>
  values.map((value, index) => ({
    at: new Date(Date.parse('2026-11-21T12:00:00Z') + index * 5_000).toISOString(),
    value,
  }));

const analytics = (health: Partial<Analytics['health']>): Analytics => ({
  viewers: [],
  peak_viewers: 0,
  unique_viewers: 0,
  average_viewers: 0,
  health: {
    period_seconds: 5,
    video_bitrate_bps: [],
    audio_bitrate_bps: [],
    frame_rate: [],
    keyframe_interval_s: [],
    dropped_frames: [],
    ...health,
  },
  ingest: null,
  events: [],
  sessions: [],
});

const warnings = (health: Partial<Analytics['health']>): string[] =>
  gaugesOf(analytics(health)).flatMap(({ name, warning }) => (warning ? [name] : []));

describe('the health of a stream', () => {
  it('is shown with units', () => {
    const gauges = gaugesOf(
      analytics({ video_bitrate_bps: points([3_000_000, 2_900_000]), frame_rate: points([29.97]) }),
    );
    expect(gauges.map(({ value }) => value)).toEqual(['2.9 Mbit/s', '–', '30 fps', '–', '–']);
    expect(formatBitrate(128_400)).toBe('128 kbit/s');
  });

  it('is good where nothing stands out', () => {
    expect(
      warnings({
        video_bitrate_bps: points([3e6, 3.1e6, 2.8e6, 3e6]),
        keyframe_interval_s: points([2, 2]),
        dropped_frames: points([0, 2, 0, 1]),
      }),
    ).toEqual([]);
  });

  it('warns of what viewers would notice', () => {
    expect(warnings({ video_bitrate_bps: points([3e6, 3e6, 3e6, 0.9e6]) })).toEqual([
      'Video bitrate',
    ]);
    expect(warnings({ keyframe_interval_s: points([8]) })).toEqual(['Keyframe interval']);
    expect(warnings({ dropped_frames: points([0, 12]) })).toEqual(['Dropped frames']);
    expect(warnings({ dropped_frames: points([12, 0, 0, 0]) })).toEqual([]);
  });

  it('names codecs as people do', () => {
    expect(['avc1.42C01E', 'mp4a.40.2', 'hvc1.1', null].map(codecName)).toEqual([
      'H.264',
      'AAC',
      'hvc1.1',
      '–',
    ]);
  });

  it('starves from the word of it to the word of its end', () => {
    const now = Date.parse('2026-11-21T12:05:00Z');
    const began = { at: '2026-11-21T12:04:00Z', kind: 'starvation_start' as const, text: '' };
    const over = { at: '2026-11-21T12:04:30Z', kind: 'starvation_end' as const, text: '' };
    expect(isStarving([], now)).toBe(false);
    expect(isStarving([began], now)).toBe(true);
    expect(isStarving([over, began], now)).toBe(false);
  });
});

describe('the command for ffmpeg', () => {
  it('sends to the server with the key', () => {
    const command = ffmpegCommand('rtmp://localhost:1935/app/', 'sk_test_1');
    expect(command).toContain('"rtmp://localhost:1935/app/sk_test_1"');
    expect(command).toContain('libx264');
  });
});
