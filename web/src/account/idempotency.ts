/** The same form sent again is the same wish; a changed one is another (Idempotency-Key). */

export interface KeyedAttempt {
  key: string;
  body: string;
}

export function keyFor(body: object, last: KeyedAttempt | null): KeyedAttempt {
  const written = JSON.stringify(body);
  if (last?.body === written) return last;
  return { key: crypto.randomUUID(), body: written };
}
