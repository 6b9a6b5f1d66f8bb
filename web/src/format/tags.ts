/** “surf, Big Waves,, surf” → ["surf", "Big Waves"]. A leading # is how people write tags. */
export function parseTags(text: string): string[] {
  const tags = text
    .split(',')
    .map((tag) => tag.trim().replace(/^#+/, '').replace(/\s+/g, ' '))
    .filter((tag) => tag !== '');
  return [...new Set(tags)];
}

export function joinTags(tags: readonly string[]): string {
  return tags.join(', ');
}
