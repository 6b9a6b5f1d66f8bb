/** Small pictures for the seek bar: a WebVTT whose cues name an image, or a part of one. */
import { parseVtt } from './vtt';

export interface Frame {
  start: number;
  end: number;
  url: string;
  /** The part of the image (media fragment `#xywh=x,y,w,h`), or null for all of it. */
  part: { x: number; y: number; width: number; height: number } | null;
}

/** `base`: the address of the file itself; its cues are relative to it. */
export function parseStoryboard(source: string, base: string): Frame[] {
  return parseVtt(source)
    .map((cue) => frameOf(cue.start, cue.end, cue.text.trim(), base))
    .filter((frame) => frame !== null)
    .sort((a, b) => a.start - b.start);
}

/** The frame shown at `time`: the last that has begun, or the first. */
export function frameAt(frames: readonly Frame[], time: number): Frame | null {
  let [low, high] = [0, frames.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((frames[middle]?.start ?? Infinity) <= time) low = middle;
    else high = middle - 1;
  }
  return frames[low] ?? null;
}

export async function loadStoryboard(url: string, signal: AbortSignal): Promise<Frame[]> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`the storyboard answered ${response.status}`);
  return parseStoryboard(await response.text(), response.url);
}

function frameOf(start: number, end: number, text: string, base: string): Frame | null {
  if (text === '' || !URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  const match = /^#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)$/.exec(url.hash);
  url.hash = '';
  if (!match) return { start, end, url: url.href, part: null };
  const [x = 0, y = 0, width = 0, height = 0] = match.slice(1).map(Number);
  return { start, end, url: url.href, part: { x, y, width, height } };
}
