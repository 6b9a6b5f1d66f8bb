/** 999, 1.2K, 35K, 1.4M: as a badge says it. */
export function formatCount(count: number): string {
  if (count < 1000) return String(Math.max(0, Math.round(count)));
  const [value, unit] = count < 999_500 ? [count / 1000, 'K'] : [count / 1_000_000, 'M'];
  return `${value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)}${unit}`;
}

/** “1 viewer”, “1.2K viewers”. */
export function viewersWords(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'viewer' : 'viewers'}`;
}
