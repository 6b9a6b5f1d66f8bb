/** Waiting before another try: exponential with full jitter, shorter than a person's patience. */

const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** `failures`: tries that have failed in a row, from 1. `random`: in [0, 1). */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return ceiling / 2 + (ceiling / 2) * random;
}

/** Time and chance, so that tests can own them. */
export interface Surroundings {
  now(): number;
  random(): number;
  /** Ends after `ms`, or early when the line comes back. Rejects when aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const browserSurroundings: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        removeEventListener('online', onOnline);
        signal.removeEventListener('abort', onAbort);
        act();
      };
      const onOnline = (): void => finish(resolve);
      const onAbort = (): void => finish(() => reject(signal.reason as Error));
      const timer = setTimeout(onOnline, ms);
      addEventListener('online', onOnline);
      signal.addEventListener('abort', onAbort);
    }),
};
