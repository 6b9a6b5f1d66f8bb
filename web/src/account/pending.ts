/**
 * A registration that waits for its code, kept for the tab that the link in the mail opens. Alone
 * it is worth nothing: the account comes only by the code that went to the address.
 */
import type { Pending } from '../api/auth';

export interface KeptPending extends Pending {
  email: string;
  handle: string;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'socialflow.registration';

export function keepPending(pending: KeptPending, store: Store = localStorage): void {
  store.setItem(KEY, JSON.stringify(pending));
}

/** Null when there is none, or it is over. */
export function keptPending(now: number, store: Store = localStorage): KeptPending | null {
  const kept = store.getItem(KEY);
  if (!kept) return null;
  try {
    const pending = JSON.parse(kept) as KeptPending;
    if (Date.parse(pending.expires_at) > now) return pending;
  } catch {
    // Not something this page wrote.
  }
  store.removeItem(KEY);
  return null;
}

export function dropPending(store: Store = localStorage): void {
  store.removeItem(KEY);
}
