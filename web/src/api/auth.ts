/** Registering, logging in and out. */
import { anonymous, api, session, unwrap } from './client';

export interface Registration {
  email: string;
  password: string;
  handle: string;
  display_name: string;
}

export async function register(registration: Registration): Promise<void> {
  session.begin(unwrap(await anonymous.POST('/v1/auth/register', { body: registration })));
}

export async function logIn(email: string, password: string): Promise<void> {
  session.begin(unwrap(await anonymous.POST('/v1/auth/login', { body: { email, password } })));
}

/** Ends the session here whatever happens; throws when the server could not be told. */
export async function logOut(): Promise<void> {
  try {
    unwrap(await api.POST('/v1/auth/logout'));
  } finally {
    session.end('logged-out');
  }
}
