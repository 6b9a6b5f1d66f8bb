/**
 * Passkeys in the browser: the ceremonies of WebAuthn, between the API's JSON (WebAuthn level 3,
 * 5.1.8 to 5.1.10) and `navigator.credentials`. Written out because browsers came to
 * `parseCreationOptionsFromJSON` and `toJSON` late.
 */
import type { components } from '../api/generated/schema';
import { fromBase64Url, toBase64Url } from './base64url';

type Schemas = components['schemas'];
export type CreationJson = Schemas['CreationOptions'];
export type RequestJson = Schemas['RequestOptions'];
export type CreatedJson = Schemas['CreatedCredential'];
export type SignedJson = Schemas['SignedCredential'];

export function hasPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined' && 'credentials' in navigator;
}

/** Whether the browser offers passkeys inside its autofill, without a dialog of its own. */
export async function hasAutofill(): Promise<boolean> {
  if (!hasPasskeys()) return false;
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
}

/** Makes a passkey on this device. Throws what `navigator.credentials.create` throws. */
export async function createPasskey(json: CreationJson): Promise<CreatedJson> {
  const made = await navigator.credentials.create({ publicKey: creationOptions(json) });
  if (!made) throw new DOMException('No passkey was made.', 'NotAllowedError');
  const credential = made as PublicKeyCredential;
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...written(credential),
    response: {
      clientDataJSON: toBase64Url(response.clientDataJSON),
      attestationObject: toBase64Url(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

/** Proves that one holds a passkey. `signal` ends an autofill that waits. */
export async function provePasskey(
  json: RequestJson,
  options: { mediation?: CredentialMediationRequirement; signal?: AbortSignal } = {},
): Promise<SignedJson> {
  const found = await navigator.credentials.get({ publicKey: requestOptions(json), ...options });
  if (!found) throw new DOMException('No passkey was chosen.', 'NotAllowedError');
  const credential = found as PublicKeyCredential;
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...written(credential),
    response: {
      clientDataJSON: toBase64Url(response.clientDataJSON),
      authenticatorData: toBase64Url(response.authenticatorData),
      signature: toBase64Url(response.signature),
      ...(response.userHandle ? { userHandle: toBase64Url(response.userHandle) } : {}),
    },
  };
}

/** The person closed the browser's dialog, or let it time out: nothing to complain of. */
export function wasLeft(error: unknown): boolean {
  return error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name);
}

/** This device already has a passkey of the account. */
export function isThereAlready(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'InvalidStateError';
}

export function creationOptions(json: CreationJson): PublicKeyCredentialCreationOptions {
  return {
    ...json,
    challenge: fromBase64Url(json.challenge),
    user: { ...json.user, id: fromBase64Url(json.user.id) },
    excludeCredentials: json.excludeCredentials.map(descriptor),
  };
}

export function requestOptions(json: RequestJson): PublicKeyCredentialRequestOptions {
  return {
    ...json,
    challenge: fromBase64Url(json.challenge),
    allowCredentials: json.allowCredentials.map(descriptor),
  };
}

function descriptor(json: Schemas['CredentialDescriptor']): PublicKeyCredentialDescriptor {
  const transports = json.transports as AuthenticatorTransport[];
  return { type: json.type, id: fromBase64Url(json.id), transports };
}

function written({ id, rawId }: PublicKeyCredential): {
  id: string;
  rawId: string;
  type: 'public-key';
} {
  return { id, rawId: toBase64Url(rawId), type: 'public-key' };
}
