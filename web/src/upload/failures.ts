/** What went wrong while a file was sent: whether another try may help, when, and in which words. */
import { isTemporary } from '../api/temporary';
import { ApiError, inPlainWords, NetworkError } from '../api/problem';
import { backoffMs } from './retry';
import { PartFailed } from './transport';

/** The file cannot be read any more: moved, changed, or on a drive that is gone. */
export class FileUnreadable extends Error {
  constructor(cause: unknown) {
    super('The file was moved or changed. Choose it again to go on.', { cause });
    this.name = 'FileUnreadable';
  }
}

/** Throws `FileUnreadable`. */
export async function assertReadable(body: Blob): Promise<void> {
  try {
    await body.slice(0, 1).arrayBuffer();
  } catch (error) {
    throw new FileUnreadable(error);
  }
}

/** The server misses a part, or holds another one. */
export function isAboutParts(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.code === 'upload_parts_missing' || error.code === 'upload_part_mismatch')
  );
}

/** There was no answer at all. */
export function isSilence(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof PartFailed && error.status === null);
}

export function isWorthAnotherTry(error: unknown): boolean {
  // NoSuchUpload: aborted or completed; no try will find it again.
  if (error instanceof PartFailed) return error.status !== 404;
  return isTemporary(error);
}

/** `failures`: tries that have failed in a row, from 1. `random`: in [0, 1). */
export function restMs(error: unknown, failures: number, random: number): number {
  const asked = error instanceof ApiError ? error.retryAfterSeconds : null;
  return asked === null ? backoffMs(failures, random) : asked * 1000;
}

export function explain(error: unknown): string {
  if (!(error instanceof PartFailed)) return inPlainWords(error);
  if (error.status === 404) return 'This upload is no longer open. Delete it and start again.';
  return 'The storage keeps refusing this file. Try again, or choose the file again.';
}
