/** Which bytes are which part, and which parts are still to be sent. Part numbers start at 1. */
import type { ReceivedPart, UploadPlan } from './types';

export interface ByteRange {
  start: number;
  /** Exclusive, as in Blob.slice. */
  end: number;
}

export function partRange(plan: UploadPlan, fileSize: number, partNumber: number): ByteRange {
  const start = (partNumber - 1) * plan.part_size_bytes;
  if (partNumber < 1 || partNumber > plan.part_count || start >= fileSize) {
    throw new RangeError(`part ${partNumber} is outside a file of ${fileSize} bytes`);
  }
  return { start, end: Math.min(start + plan.part_size_bytes, fileSize) };
}

export function partSize(plan: UploadPlan, fileSize: number, partNumber: number): number {
  const { start, end } = partRange(plan, fileSize, partNumber);
  return end - start;
}

/** Received parts that can be kept: in the plan and of the full length. */
export function keptParts(
  plan: UploadPlan,
  fileSize: number,
  received: readonly ReceivedPart[],
): ReceivedPart[] {
  return received.filter(
    (part) =>
      part.part_number >= 1 &&
      part.part_number <= plan.part_count &&
      part.size_bytes === partSize(plan, fileSize, part.part_number),
  );
}

export function missingParts(plan: UploadPlan, have: ReadonlySet<number>): number[] {
  const missing: number[] = [];
  for (let number = 1; number <= plan.part_count; number += 1) {
    if (!have.has(number)) missing.push(number);
  }
  return missing;
}
