/**
 * Confirming who one is, for acts that need it. One question at a time: acts that come together
 * wait for the same answer. The dialog that shows it lives in `src/account/StepUpDialog.svelte`.
 */

import { NotConfirmed } from './problem';

export interface Question {
  methods: readonly string[];
  confirmed: () => void;
  cancel: () => void;
}

class StepUp {
  question: Question | null = $state.raw(null);
  #open: Promise<void> | null = null;

  /** Resolves once it is confirmed. Throws NotConfirmed when the person leaves it. */
  ask(methods: readonly string[]): Promise<void> {
    this.#open ??= new Promise<void>((resolve, reject) => {
      this.question = {
        methods,
        confirmed: resolve,
        cancel: () => reject(new NotConfirmed()),
      };
    }).finally(() => {
      this.question = null;
      this.#open = null;
    });
    return this.#open;
  }
}

export const stepUp = new StepUp();
