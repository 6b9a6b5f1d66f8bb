import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  createPasskey,
  creationOptions,
  hasAutofill,
  hasPasskeys,
  isThereAlready,
  provePasskey,
  requestOptions,
  wasLeft,
  type CreationJson,
  type RequestJson,
} from '../../src/account/webauthn';

const creation: CreationJson = {
  rp: { id: 'localhost', name: 'Social Flow' },
  user: { id: 'dXNyXzE', name: 'ann', displayName: 'Ann' },
  challenge: 'AQID',
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  timeout: 300_000,
  excludeCredentials: [{ type: 'public-key', id: 'BAUG', transports: ['internal'] }],
  authenticatorSelection: {
    residentKey: 'required',
    requireResidentKey: true,
    userVerification: 'required',
  },
  attestation: 'none',
};
const request: RequestJson = {
  rpId: 'localhost',
  challenge: 'AQID',
  timeout: 300_000,
  allowCredentials: [{ type: 'public-key', id: 'BAUG', transports: [] }],
  userVerification: 'required',
};
const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

afterEach(() => vi.unstubAllGlobals());

function browserWith(credentials: object, statics: object = {}): void {
  vi.stubGlobal('PublicKeyCredential', Object.assign(class {}, statics));
  vi.stubGlobal('navigator', { credentials });
}

describe('options', () => {
  it('to make a passkey are bytes where the browser wants bytes', () => {
    const options = creationOptions(creation);
    expect(options.challenge).toEqual(Uint8Array.of(1, 2, 3));
    expect(new TextDecoder().decode(options.user.id)).toBe('usr_1');
    expect(options.excludeCredentials).toEqual([
      { type: 'public-key', id: Uint8Array.of(4, 5, 6), transports: ['internal'] },
    ]);
    expect(options.authenticatorSelection?.residentKey).toBe('required');
  });

  it('to prove one, too', () => {
    const options = requestOptions(request);
    expect(options.challenge).toEqual(Uint8Array.of(1, 2, 3));
    expect(options.allowCredentials?.[0]?.id).toEqual(Uint8Array.of(4, 5, 6));
    expect(options.userVerification).toBe('required');
  });
});

describe('a passkey', () => {
  it('is sent as WebAuthn writes it when it is made', async () => {
    const response = {
      clientDataJSON: bytes(1),
      attestationObject: bytes(2),
      getTransports: () => ['internal', 'hybrid'],
    };
    browserWith({ create: async () => ({ id: 'BAUG', rawId: bytes(4, 5, 6), response }) });
    expect(await createPasskey(creation)).toEqual({
      id: 'BAUG',
      rawId: 'BAUG',
      type: 'public-key',
      response: { clientDataJSON: 'AQ', attestationObject: 'Ag', transports: ['internal', 'hybrid'] },
    });
  });

  it('is sent as WebAuthn writes it when it is proved', async () => {
    const response = {
      clientDataJSON: bytes(1),
      authenticatorData: bytes(2),
      signature: bytes(3),
      userHandle: bytes(4),
    };
    const get = vi.fn(async () => ({ id: 'BAUG', rawId: bytes(4, 5, 6), response }));
    browserWith({ get });
    const { signal } = new AbortController();
    expect(await provePasskey(request, { mediation: 'conditional', signal })).toEqual({
      id: 'BAUG',
      rawId: 'BAUG',
      type: 'public-key',
      response: { clientDataJSON: 'AQ', authenticatorData: 'Ag', signature: 'Aw', userHandle: 'BA' },
    });
    expect(get).toHaveBeenCalledWith(expect.objectContaining({ mediation: 'conditional', signal }));
  });

  it('may come without its user’s handle', async () => {
    const response = {
      clientDataJSON: bytes(1),
      authenticatorData: bytes(2),
      signature: bytes(3),
      userHandle: null,
    };
    browserWith({ get: async () => ({ id: 'BAUG', rawId: bytes(4), response }) });
    expect((await provePasskey(request)).response).not.toHaveProperty('userHandle');
  });

  it('that nobody chose is no fault', async () => {
    browserWith({ get: async () => null, create: async () => null });
    await expect(provePasskey(request)).rejects.toSatisfy(wasLeft);
    await expect(createPasskey(creation)).rejects.toSatisfy(wasLeft);
    expect(wasLeft(new DOMException('', 'AbortError'))).toBe(true);
    expect(wasLeft(new DOMException('', 'SecurityError'))).toBe(false);
    expect(isThereAlready(new DOMException('', 'InvalidStateError'))).toBe(true);
  });
});

describe('a browser', () => {
  it('without passkeys is known', async () => {
    vi.stubGlobal('navigator', {});
    expect(hasPasskeys()).toBe(false);
    expect(await hasAutofill()).toBe(false);
  });

  it('with passkeys, but none in its autofill, is known', async () => {
    browserWith({});
    expect([hasPasskeys(), await hasAutofill()]).toEqual([true, false]);
  });

  it('that has them in its autofill is known', async () => {
    browserWith({}, { isConditionalMediationAvailable: async () => true });
    expect(await hasAutofill()).toBe(true);
  });
});
