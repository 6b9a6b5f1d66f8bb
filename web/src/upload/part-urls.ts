/**
 * Presigned addresses of parts. They expire, so each is used only while it is good; new ones are
 * asked for in batches, one request at a time, for the part wanted and those that come next.
 */
import type { PartUrl } from './types';

const BATCH = 50;
/** A part that starts this close to the end of its address may not get there in time. */
const MARGIN_MS = 60_000;
const UNKNOWN_LIFE_MS = 10 * 60_000;

interface Held {
  url: string;
  goodUntil: number;
}

export class PartUrls {
  readonly #renew: (partNumbers: number[]) => Promise<PartUrl[]>;
  readonly #now: () => number;
  readonly #held = new Map<number, Held>();
  #asking: Promise<void> | null = null;

  constructor(renew: (partNumbers: number[]) => Promise<PartUrl[]>, now: () => number) {
    this.#renew = renew;
    this.#now = now;
  }

  keep(parts: readonly PartUrl[]): void {
    for (const part of parts) {
      // From when it came, not from the date inside it: this machine's clock may be wrong.
      this.#held.set(part.part_number, {
        url: part.url,
        goodUntil: this.#now() + lifeMs(part.url),
      });
    }
  }

  /** The storage refused this one: the next `get` asks for another. */
  drop(partNumber: number): void {
    this.#held.delete(partNumber);
  }

  /** `next`: parts that will be wanted soon, in order. */
  async get(partNumber: number, next: readonly number[]): Promise<string> {
    for (;;) {
      const good = this.#good(partNumber);
      if (good) return good;
      if (this.#asking) {
        await this.#asking;
        continue;
      }
      this.#asking = this.#ask(partNumber, next).finally(() => {
        this.#asking = null;
      });
      await this.#asking;
      const fresh = this.#held.get(partNumber);
      if (!fresh) throw new Error(`the server gave no address for part ${partNumber}`);
      return fresh.url;
    }
  }

  async #ask(partNumber: number, next: readonly number[]): Promise<void> {
    const wanted = [partNumber];
    for (const number of next) {
      if (wanted.length >= BATCH) break;
      if (number !== partNumber && !this.#good(number)) wanted.push(number);
    }
    this.keep(await this.#renew(wanted.sort((a, b) => a - b)));
  }

  #good(partNumber: number): string | null {
    const held = this.#held.get(partNumber);
    return held && held.goodUntil - MARGIN_MS > this.#now() ? held.url : null;
  }
}

/** How long a SigV4 presigned URL lives (X-Amz-Expires, in seconds). */
function lifeMs(url: string): number {
  const seconds = Number(new URL(url, 'http://localhost').searchParams.get('X-Amz-Expires'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : UNKNOWN_LIFE_MS;
}
