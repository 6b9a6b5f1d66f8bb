/** The parts of a video, for the seek bar and the list beside it. */

export interface Chapter {
  /** Seconds. */
  start: number;
  title: string;
}

/** One chapter is the whole video and says nothing. */
export function chaptersOf(
  chapters: readonly { starts_at_ms: number; title: string }[],
): Chapter[] {
  if (chapters.length < 2) return [];
  return chapters
    .map(({ starts_at_ms, title }) => ({ start: starts_at_ms / 1000, title }))
    .sort((a, b) => a.start - b.start);
}

/** The index of the chapter at `time`, or -1 before the first. */
export function chapterAt(chapters: readonly Chapter[], time: number): number {
  return chapters.findLastIndex(({ start }) => start <= time);
}
