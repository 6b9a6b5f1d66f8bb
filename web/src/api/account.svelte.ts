/** The signed-in person, for the pages. */
import { session } from './client';
import { SESSION_STORAGE_KEY, type SessionUser } from './session';

class Account {
  user: SessionUser | null = $state.raw(session.user);
  /** The session ended by itself (expired or revoked), not by the person. */
  hasExpired = $state(false);

  constructor() {
    session.onChange((user, reason) => {
      this.user = user;
      this.hasExpired = reason === 'expired';
    });
    addEventListener('storage', (event) => {
      if (event.key === SESSION_STORAGE_KEY) session.changedElsewhere(this.user);
    });
  }
}

export const account = new Account();
