/** The signed-in person, for the pages. */
import { session } from './client';
import { SESSION_STORAGE_KEY, type SessionUser } from './session';

class Account {
  user: SessionUser | null = $state.raw(session.user);
  /** The session ended by itself (expired or revoked), not by the person. */
  hasExpired = $state(false);
  readonly isAdmin = $derived(this.user?.roles.includes('admin') ?? false);

  constructor() {
    session.onChange((user, reason) => {
      this.user = user;
      this.hasExpired = reason === 'expired';
    });
    addEventListener('storage', (event) => {
      // `null` is another page emptying the storage whole.
      if (event.key === SESSION_STORAGE_KEY || event.key === null) {
        session.changedElsewhere(this.user);
      }
    });
  }
}

export const account = new Account();
