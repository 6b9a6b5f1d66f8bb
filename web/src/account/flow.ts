/**
 * A way through another provider's page and back. This tab keeps the verifier of which the server
 * has only the hash, so that whoever brings an answer here must have begun here (RFC 7636).
 */
import { toBase64Url } from './base64url';

export interface Flow {
  verifier: string;
  provider: string;
  intent: 'sign_in' | 'link';
  /** The path to go on to. */
  next: string;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'socialflow.provider';

export async function newVerifier(): Promise<{ verifier: string; challenge: string }> {
  const verifier = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return { verifier, challenge: toBase64Url(hash) };
}

export function keepFlow(flow: Flow, store: Store = sessionStorage): void {
  store.setItem(KEY, JSON.stringify(flow));
}

/** What this tab began, once. Null when it began nothing: the answer is not for it. */
export function takeFlow(store: Store = sessionStorage): Flow | null {
  const kept = store.getItem(KEY);
  store.removeItem(KEY);
  if (!kept) return null;
  try {
    return JSON.parse(kept) as Flow;
  } catch {
    // Not something this page wrote.
    return null;
  }
}
