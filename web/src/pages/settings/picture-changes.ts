/** Choosing a picture, and what becomes of it after it was sent. */
import type { PictureState } from '../../api/me';

export const ACCEPTED = 'image/jpeg,image/png,image/webp';
/** As the API says; it refuses more anyway. */
export const MAX_BYTES = 8 * 1024 * 1024;
const PATIENCE = 40;
const PAUSE_MS = 1_500;

/** What keeps this file from being a picture here, before anything is sent. */
export function refusalOf(file: { type: string; size: number }): string | null {
  if (!ACCEPTED.split(',').includes(file.type)) return 'Choose a JPEG, PNG or WebP picture.';
  if (file.size > MAX_BYTES) return 'The picture is larger than 8 MB. Choose a smaller one.';
  return null;
}

/** The picture is there, it was refused (and why), or neither came about in a minute. */
export type Outcome = { kind: 'there' } | { kind: 'refused'; reason: string } | { kind: 'unknown' };

/** Asks what became of the upload `id`, where `before` is the address shown until now. */
export async function waitForPicture(
  id: string,
  before: string | null,
  ask: () => Promise<PictureState>,
  pause: (ms: number) => Promise<void>,
): Promise<Outcome> {
  for (let tries = 0; tries < PATIENCE; tries += 1) {
    const { url, refused } = await ask();
    if (refused?.upload_id === id) return { kind: 'refused', reason: refused.reason };
    if (url !== null && url !== before) return { kind: 'there' };
    await pause(PAUSE_MS);
  }
  return { kind: 'unknown' };
}
