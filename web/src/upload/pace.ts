/**
 * How many parts are on the way at once. A quick line takes four; on a slow one, parts side by
 * side only make each of them later, and a part that has not arrived whole is lost with the line.
 */

const FEWEST = 1;
const AT_FIRST = 2;
const MOST = 4;
const QUICK_MS = 5_000;
const SLOW_MS = 15_000;

export class Pace {
  #limit = AT_FIRST;

  get limit(): number {
    return this.#limit;
  }

  /** A part arrived, this long after it set out. */
  note(elapsedMs: number): void {
    if (elapsedMs < QUICK_MS) this.#limit = Math.min(MOST, this.#limit + 1);
    else if (elapsedMs > SLOW_MS) this.#limit = Math.max(FEWEST, this.#limit - 1);
  }
}
