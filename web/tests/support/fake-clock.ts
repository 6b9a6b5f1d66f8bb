/** Time that moves when the test says so. */
import type { Later } from '../../src/live/later';

export class FakeClock {
  nowMs = Date.parse('2026-11-21T12:00:00Z');
  #plans: { at: number; work: () => void }[] = [];

  readonly now = (): number => this.nowMs;

  readonly later: Later = (work, ms) => {
    const plan = { at: this.nowMs + ms, work };
    this.#plans.push(plan);
    return () => {
      this.#plans = this.#plans.filter((other) => other !== plan);
    };
  };

  get planned(): number {
    return this.#plans.length;
  }

  /** Runs what falls due, in order, and lets what it started come to rest. */
  async advance(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    for (;;) {
      await settled();
      const next = this.#plans.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#plans = this.#plans.filter((other) => other !== next);
      this.nowMs = Math.max(this.nowMs, next.at);
      next.work();
    }
    this.nowMs = end;
    await settled();
  }
}

/** Every promise that can be kept without time passing has been. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
