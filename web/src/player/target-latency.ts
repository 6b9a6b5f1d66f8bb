/** How far behind the end of a live playlist to play, where the playlist itself does not say. */

/** What hls.js knows of a live playlist, as far as it matters here. Times in seconds. */
export interface LivePlaylist {
  /** EXT-X-SERVER-CONTROL's HOLD-BACK and PART-HOLD-BACK; 0 where there is none. */
  holdBack: number;
  partHoldBack: number;
  /** EXT-X-TARGETDURATION. */
  targetduration: number;
  fragments: readonly { duration: number }[];
}

const SEGMENTS_BEHIND = 3;
const WORTH_MOVING_SECONDS = 1;

/**
 * Three of its longest segments; null where the playlist says it by itself, or has none.
 *
 * hls.js takes three target durations. IVS announces 6 seconds and sends segments of 2, so that
 * would be 18 seconds instead of 6.
 */
export function targetLatencyOf(playlist: LivePlaylist): number | null {
  if (playlist.holdBack > 0 || playlist.partHoldBack > 0) return null;
  const longest = Math.max(0, ...playlist.fragments.map((each) => each.duration));
  if (longest === 0) return null;
  return Math.round(SEGMENTS_BEHIND * Math.min(longest, playlist.targetduration));
}

/** Whether the target has to be set anew. A little is not worth it: hls.js forgets stalls then. */
export function isOff(target: number, now: number | undefined): boolean {
  return now === undefined || Math.abs(target - now) > WORTH_MOVING_SECONDS;
}
