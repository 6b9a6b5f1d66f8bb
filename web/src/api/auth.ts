/** Signing in and out, and making an account. */
import type { components } from './generated/schema';
import { anonymous, api, session, unwrap } from './client';
import type { TokenAnswer } from './session';

/** A second factor is asked for; nobody is signed in yet. */
export type Challenge = components['schemas']['SecondFactorNeeded'];

export interface Registration {
  email: string;
  password: string;
  handle: string;
  display_name: string;
}

/** A registration that waits for the code from the mail. */
export interface Pending {
  registration_token: string;
  expires_at: string;
}

export function tokensIn(answer: object): TokenAnswer | null {
  return 'access_token' in answer ? (answer as TokenAnswer) : null;
}

/** Signs in, or says which second factor is still to come. */
export async function logIn(email: string, password: string): Promise<Challenge | null> {
  const answer = await session.begin(
    async () => unwrap(await anonymous.POST('/v1/auth/login', { body: { email, password } })),
    tokensIn,
  );
  return 'challenge' in answer ? answer : null;
}

export async function answerChallenge(challenge: string, code: string): Promise<void> {
  const body = { challenge, code: bareCode(code) };
  await session.begin(
    async () => unwrap(await anonymous.POST('/v1/auth/login/second-factor', { body })),
    tokensIn,
  );
}

/** Asks for an account. Whatever the address, the answer is the same; the mail knows more. */
export async function register(body: Registration, key: string): Promise<Pending> {
  const params = { header: { 'Idempotency-Key': key } };
  return unwrap(await anonymous.POST('/v1/auth/register', { params, body }));
}

/**
 * What is sent to make the account. `handle`: another one, when the first was taken meanwhile.
 */
export function finishing(
  registration_token: string,
  code: string,
  handle: string | null,
): components['schemas']['VerifiedRegistrationBody'] {
  return { registration_token, code: bareCode(code), ...(handle ? { handle } : {}) };
}

/** Makes the account and signs in; with the same key again where the answer was lost. */
export async function finishRegistration(
  body: components['schemas']['VerifiedRegistrationBody'],
  key: string,
): Promise<void> {
  const params = { header: { 'Idempotency-Key': key } };
  await session.begin(
    async () => unwrap(await anonymous.POST('/v1/auth/register/verify', { params, body })),
    tokensIn,
  );
}

export async function resendCode(registration_token: string): Promise<void> {
  unwrap(await anonymous.POST('/v1/auth/register/resend', { body: { registration_token } }));
}

export async function forgotPassword(email: string): Promise<void> {
  unwrap(await anonymous.POST('/v1/auth/password/forgot', { body: { email } }));
}

export async function resetPassword(token: string, password: string): Promise<void> {
  unwrap(await anonymous.POST('/v1/auth/password/reset', { body: { token, password } }));
}

/** Ends the session here whatever happens; throws when the server could not be told. */
export async function logOut(): Promise<void> {
  try {
    unwrap(await api.POST('/v1/auth/logout'));
  } finally {
    session.end('logged-out');
  }
}

/** The server ended the session already: nothing of it stays on this browser. */
export async function forgetSession(): Promise<void> {
  session.end('logged-out');
  try {
    await anonymous.POST('/v1/auth/logout');
  } catch {
    // The cookie stays then, and opens nothing any more.
  }
}

/** “123 456” as authenticators show it, and recovery codes as they are written down. */
export function bareCode(code: string): string {
  return code.replace(/\s+/g, '');
}
