/** What may be written. */

/** IVS Chat's limit, in Unicode code points. */
export const MAX_CODE_POINTS = 500;

/** “🎈” is one, though it takes two UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** One line, without white space at its ends: what is sent, or nothing. */
export function asMessage(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
