/**
 * Saving details that somebody may have changed meanwhile. Only fields the person touched are
 * sent; a newer version on the server is a conflict only where both changed the same field.
 */
import type { VideoEdits } from '../api/videos';

const FIELDS = ['title', 'description', 'tags', 'visibility'] as const;
export type FieldName = (typeof FIELDS)[number];

export function editsOf(video: VideoEdits): VideoEdits {
  const { title, description, tags, visibility } = video;
  return { title, description, tags, visibility };
}

/** The fields in which `after` differs from `before`, with their values in `after`. */
export function changes(before: VideoEdits, after: VideoEdits): Partial<VideoEdits> {
  const changed = FIELDS.filter((field) => !same(before[field], after[field]));
  return Object.fromEntries(changed.map((field) => [field, after[field]]));
}

/** Fields that both sides changed since `base`, to different values. */
export function conflicts(base: VideoEdits, mine: VideoEdits, theirs: VideoEdits): FieldName[] {
  const [ours, others] = [changes(base, mine), changes(base, theirs)];
  return FIELDS.filter(
    (field) => field in ours && field in others && !same(mine[field], theirs[field]),
  );
}

function same(a: VideoEdits[FieldName], b: VideoEdits[FieldName]): boolean {
  return Array.isArray(a) && Array.isArray(b) ? a.join('\n') === b.join('\n') : a === b;
}
