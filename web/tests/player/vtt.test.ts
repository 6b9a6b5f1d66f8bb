import { describe, expect, it } from 'vitest';
import { parseVtt } from '../../src/player/vtt';

describe('WebVTT', () => {
  it('is read cue by cue, with and without hours and identifiers', () => {
    const cues = parseVtt(
      'WEBVTT - storyboard\n\nNOTE made by us\n\n1\n00:00.000 --> 00:02.500\na.jpg\n\n' +
        '01:00:00.000 --> 01:00:01.000 align:start\nb.jpg#xywh=0,0,1,1\n',
    );
    expect(cues).toEqual([
      { start: 0, end: 2.5, text: 'a.jpg' },
      { start: 3600, end: 3601, text: 'b.jpg#xywh=0,0,1,1' },
    ]);
  });

  it('is read with Windows line ends and a byte order mark', () => {
    const cues = parseVtt('\uFEFFWEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\nx\r\n');
    expect(cues).toEqual([{ start: 1, end: 2, text: 'x' }]);
  });

  it('loses only the broken cues', () => {
    const cues = parseVtt(
      'WEBVTT\n\n00:03.000 --> 00:01.000\nbackwards\n\n00:99.000 --> 01:00.000\nx\n\n' +
        'no timing\n\n00:05.000 --> 00:06.000\nfine',
    );
    expect(cues.map((cue) => cue.text)).toEqual(['fine']);
  });

  it('keeps several lines of text together', () => {
    expect(parseVtt('WEBVTT\n\n00:00.000 --> 00:01.000\na\nb')[0]?.text).toBe('a\nb');
  });

  it.each(['', '<html>', 'WEBVTTX\n\n'])('refuses “%s”', (text) => {
    expect(() => parseVtt(text)).toThrow(SyntaxError);
  });
});
