/** Passkeys: signing in with one, and one's own list. */
import type { components } from './generated/schema';
import { createPasskey, provePasskey } from '../account/webauthn';
import { tokensIn } from './auth';
import { anonymous, api, session, unwrap } from './client';

export type Passkey = components['schemas']['PasskeyBody'];

export type Proof = components['schemas']['PasskeySignInBody'];

/** One try to prove a passkey; nobody is signed in by it yet. */
export async function proveOne(
  options: { mediation?: CredentialMediationRequirement; signal?: AbortSignal } = {},
): Promise<Proof> {
  const signal = options.signal ? { signal: options.signal } : {};
  const asked = unwrap(await anonymous.POST('/v1/auth/passkeys/options', signal));
  const credential = await provePasskey(asked.public_key, options);
  return { challenge_token: asked.challenge_token, credential };
}

export async function signInWithPasskey(proof: Proof): Promise<void> {
  await session.begin(
    async () => unwrap(await anonymous.POST('/v1/auth/passkeys', { body: proof })),
    tokensIn,
  );
}

export async function listPasskeys(): Promise<Passkey[]> {
  return unwrap(await api.GET('/v1/me/passkeys')).items;
}

export async function addPasskey(name: string): Promise<Passkey> {
  const asked = unwrap(await api.POST('/v1/me/passkeys/options'));
  const credential = await createPasskey(asked.public_key);
  const body = { challenge_token: asked.challenge_token, credential, name };
  return unwrap(await api.POST('/v1/me/passkeys', { body }));
}

/** Throws ApiError 412 when it was renamed elsewhere meanwhile. */
export async function renamePasskey({ id, etag }: Passkey, name: string): Promise<Passkey> {
  const params = { path: { passkey_id: id }, header: { 'If-Match': etag } };
  return unwrap(await api.PATCH('/v1/me/passkeys/{passkey_id}', { params, body: { name } }));
}

export async function removePasskey(passkey_id: string): Promise<void> {
  const params = { path: { passkey_id } };
  unwrap(await api.DELETE('/v1/me/passkeys/{passkey_id}', { params }));
}
