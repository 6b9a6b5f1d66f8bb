/** A link as it reads: without what every link begins with, and no longer than a line. */
const MOST_CHARACTERS = 40;

export function linkWords(link: string): string {
  const bare = link.replace(/^https?:\/\/(www\.)?/i, '').replace(/\/$/, '');
  return bare.length > MOST_CHARACTERS ? `${bare.slice(0, MOST_CHARACTERS - 1)}…` : bare;
}
