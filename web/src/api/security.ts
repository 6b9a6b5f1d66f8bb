/** The second factor, confirming who one is, devices, and what else signs one in. */
import type { components } from './generated/schema';
import { bareCode } from './auth';
import { anonymous, api, session, unwrap } from './client';
import type { Page } from './paging';
import { SessionEnded } from './problem';
import type { Proof } from './passkeys';

export type Security = components['schemas']['SecurityBody'];
export type Device = components['schemas']['SignedInDevice'];
export type NewTotp = components['schemas']['NewTotpBody'];
export type Linked = components['schemas']['LinkedProvider'];

export async function getSecurity(): Promise<Security> {
  return unwrap(await api.GET('/v1/me/security'));
}

/** By password, by a code, or by a passkey. A wrong one is an ApiError; the session goes on. */
export async function confirmIdentity(
  proof: { password: string } | { code: string } | Proof,
): Promise<void> {
  const body = 'code' in proof ? { code: bareCode(proof.code) } : proof;
  const token = await session.accessToken();
  if (token === null) throw new SessionEnded();
  // Not through `api`: a 401 for a wrong password is no reason to renew the token and try again.
  const headers = { authorization: `Bearer ${token}` };
  unwrap(await anonymous.POST('/v1/auth/step-up', { body, headers }));
}

export async function beginTotp(): Promise<NewTotp> {
  return unwrap(await api.POST('/v1/me/totp'));
}

/** Turns the second factor on; answers the recovery codes, which are never shown again. */
export async function confirmTotp(code: string): Promise<string[]> {
  const body = { code: bareCode(code) };
  return unwrap(await api.POST('/v1/me/totp/confirm', { body })).recovery_codes;
}

export async function removeTotp(): Promise<void> {
  unwrap(await api.DELETE('/v1/me/totp'));
}

export async function newRecoveryCodes(): Promise<string[]> {
  return unwrap(await api.POST('/v1/me/recovery-codes')).recovery_codes;
}

export async function listDevices(cursor: string | null): Promise<Page<Device>> {
  return unwrap(await api.GET('/v1/me/sessions', { params: { query: { cursor } } }));
}

export async function signOutDevice(session_id: string): Promise<void> {
  unwrap(await api.DELETE('/v1/me/sessions/{session_id}', { params: { path: { session_id } } }));
}

export async function signOutOthers(): Promise<void> {
  unwrap(await api.DELETE('/v1/me/sessions'));
}

export async function listLinked(): Promise<Linked[]> {
  return unwrap(await api.GET('/v1/me/providers')).items;
}

export async function unlink(provider: string): Promise<void> {
  unwrap(await api.DELETE('/v1/me/providers/{provider}', { params: { path: { provider } } }));
}
