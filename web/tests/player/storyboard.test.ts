import { describe, expect, it } from 'vitest';
import { frameAt, parseStoryboard } from '../../src/player/storyboard';

const BASE = 'https://social.example/media/public/vid_1/a1/storyboard.vtt';
const SOURCE =
  'WEBVTT\n\n00:00.000 --> 00:02.000\nframes.0000000.jpg\n\n' +
  '00:02.000 --> 00:04.000\nsheet.jpg#xywh=160,90,160,90\n\n' +
  '00:04.000 --> 00:06.000\nhttps://[bad\n';

describe('a storyboard', () => {
  const frames = parseStoryboard(SOURCE, BASE);

  it('names whole images and parts of one, beside itself', () => {
    expect(frames).toEqual([
      {
        start: 0,
        end: 2,
        url: 'https://social.example/media/public/vid_1/a1/frames.0000000.jpg',
        part: null,
      },
      {
        start: 2,
        end: 4,
        url: 'https://social.example/media/public/vid_1/a1/sheet.jpg',
        part: { x: 160, y: 90, width: 160, height: 90 },
      },
    ]);
  });

  it.each([
    [0, 0],
    [1.99, 0],
    [2, 2],
    [60, 2],
  ])('shows at %d s the frame that began at %d s', (time, start) => {
    expect(frameAt(frames, time)?.start).toBe(start);
  });

  it('shows nothing when it has no frames', () => {
    expect(frameAt([], 1)).toBeNull();
  });
});
