/** Cues of a WebVTT file (W3C WebVTT, section 4.1), as far as storyboards need them. */

export interface Cue {
  /** Seconds. */
  start: number;
  end: number;
  text: string;
}

const TIMING = /^([\d:.]+)[ \t]+-->[ \t]+([\d:.]+)/;
const TIMESTAMP = /^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/;

/** Throws SyntaxError when the text is not WebVTT; single broken cues are left out. */
export function parseVtt(source: string): Cue[] {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const [header = '', ...blocks] = text.split(/\n{2,}/);
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(header)) throw new SyntaxError('not a WebVTT file');
  return blocks.map(cueOf).filter((cue) => cue !== null);
}

function cueOf(block: string): Cue | null {
  const lines = block.split('\n').filter((line) => line !== '');
  // The first line may be the cue's identifier.
  const at = lines.findIndex((line, index) => index < 2 && TIMING.test(line));
  const timing = TIMING.exec(lines[at] ?? '');
  if (!timing) return null;
  const [start, end] = [secondsOf(timing[1] ?? ''), secondsOf(timing[2] ?? '')];
  if (start === null || end === null || end <= start) return null;
  return { start, end, text: lines.slice(at + 1).join('\n') };
}

function secondsOf(stamp: string): number | null {
  const match = TIMESTAMP.exec(stamp);
  if (!match) return null;
  const [, hours = '0', minutes, seconds, thousandths] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(thousandths) / 1000;
}
