/** Runs `work` once after `ms`; the answer calls it off. Tests pass a clock of their own. */
export type Later = (work: () => void, ms: number) => () => void;

export const later: Later = (work, ms) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};
