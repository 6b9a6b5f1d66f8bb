/** Speed over the last seconds, and what that means for the time left. */

const WINDOW_MS = 8_000;
/** Below this much history a figure would be a guess. */
const LEAST_MS = 800;

export class SpeedMeter {
  #samples: { at: number; bytes: number }[] = [];

  /** `bytes`: everything sent so far. A retried part takes bytes back; then it starts over. */
  record(at: number, bytes: number): void {
    const last = this.#samples.at(-1);
    if (last && bytes < last.bytes) this.#samples = [];
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && at - (this.#samples[1]?.at ?? at) >= WINDOW_MS) {
      this.#samples.shift();
    }
  }

  reset(): void {
    this.#samples = [];
  }

  bytesPerSecond(now: number): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || now - first.at < LEAST_MS) return null;
    return ((last.bytes - first.bytes) * 1000) / (now - first.at);
  }

  secondsLeft(now: number, remainingBytes: number): number | null {
    const speed = this.bytesPerSecond(now);
    return speed ? remainingBytes / speed : null;
  }
}
