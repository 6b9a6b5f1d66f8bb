/** Seconds that are left of a wait, as the page shows them. */

export class Countdown {
  left = $state(0);
  #endsAt = 0;
  #timer: ReturnType<typeof setInterval> | null = null;
  readonly #now: () => number;

  constructor(now: () => number = () => Date.now()) {
    this.#now = now;
  }

  /** A wait already begun that ends later goes on. */
  start(seconds: number): void {
    this.#endsAt = Math.max(this.#endsAt, this.#now() + seconds * 1000);
    this.#timer ??= setInterval(() => this.#tick(), 250);
    this.#tick();
  }

  stop(): void {
    this.#endsAt = 0;
    this.#tick();
  }

  /** By the clock, not by counting: a tab in the background ticks seldom. */
  #tick(): void {
    this.left = Math.max(0, Math.ceil((this.#endsAt - this.#now()) / 1000));
    if (this.left > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
