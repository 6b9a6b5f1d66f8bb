/**
 * One thing that a form or a button does: busy while it runs, once at a time, and what came of it.
 * Where the server asks to wait, the wait is counted down and nothing is sent meanwhile.
 */
import { untrack } from 'svelte';
import { ApiError, NotConfirmed } from '../api/problem';
import { Countdown } from './countdown.svelte';

export class Act {
  isBusy = $state(false);
  error: unknown = $state.raw(null);
  readonly wait = new Countdown();
  readonly isBlocked = $derived(this.isBusy || this.wait.left > 0);

  /** Whether the work was done. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    // An effect that begins it must not begin it again when it ends.
    if (untrack(() => this.isBlocked)) return false;
    this.isBusy = true;
    this.error = null;
    try {
      await work();
      return true;
    } catch (caught) {
      this.#take(caught);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  #take(caught: unknown): void {
    // The person closed the dialog themselves: that needs no words.
    if (caught instanceof NotConfirmed) return;
    this.error = caught;
    if (caught instanceof ApiError && caught.status === 429) {
      this.wait.start(caught.retryAfterSeconds ?? 0);
    }
  }
}
