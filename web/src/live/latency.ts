/** How far behind the broadcaster a viewer is, and when that is worth a button. */

/** What the engine knows of a live stream at this moment. Times in seconds. */
export interface LiveEdge {
  /** When the picture on the screen was recorded (EXT-X-PROGRAM-DATE-TIME), or null. */
  playingDate: Date | null;
  /** Behind the newest part the server has announced. */
  behindEdge: number;
  /** Where the engine wants to be behind it. */
  target: number;
}

/** Beyond this the two clocks do not agree, and the difference says nothing. */
const SANE_SECONDS = 120;
const BEHIND_SECONDS = 6;
const CAUGHT_UP_SECONDS = 3;

/** Broadcaster to screen, in seconds; null where nothing is known. `now`: ms since 1970. */
export function latencyOf(edge: LiveEdge | null, now: number): number | null {
  if (!edge) return null;
  if (edge.playingDate) {
    const behind = (now - edge.playingDate.getTime()) / 1000;
    if (behind >= 0 && behind < SANE_SECONDS) return behind;
  }
  return edge.behindEdge > 0 ? edge.behindEdge : null;
}

/**
 * Whether “Go to live” is offered; between the two limits it stays as it was. Both measures have
 * to say so: the engine's is off after an encoder was replaced, the clock's where a clock is wrong.
 */
export function isBehind(edge: LiveEdge | null, was: boolean, now: number): boolean {
  if (!edge) return false;
  const late = Math.min(edge.behindEdge, latencyOf(edge, now) ?? Infinity) - edge.target;
  return late > (was ? CAUGHT_UP_SECONDS : BEHIND_SECONDS);
}

/** “2.4 s”; whole seconds from ten on. */
export function formatLatency(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
