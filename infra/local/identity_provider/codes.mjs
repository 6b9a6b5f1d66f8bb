// Authorization codes and access tokens of the providers that are not OpenID Connect.
//
// A code is good once, for a short time, for the client and redirect URI that it was made for, and
// with the PKCE verifier (RFC 7636, S256 alone). One that comes again takes the token of the first
// time with it (RFC 9700, 4.5).

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const MAX_KEPT = 1000;
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
export const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

export const same = (one, other) => {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text ?? '').digest());
  return timingSafeEqual(left, right);
};

export class Codes {
  #codes = new Map();
  #tokens = new Map();

  constructor({ codeSeconds, now = () => Date.now() }) {
    this.codeSeconds = codeSeconds;
    this.now = now;
  }

  issue({ clientId, redirectUri, scope, challenge, person }) {
    const code = randomBytes(24).toString('base64url');
    const expires = this.now() + this.codeSeconds * 1000;
    this.#keep(this.#codes, code, { clientId, redirectUri, scope, challenge, person, expires });
    return code;
  }

  /** The token of a code, or {refused: why}. Every refusal spends the code as well. */
  redeem({ code, clientId, redirectUri, verifier }) {
    const kept = this.#codes.get(code);
    if (!kept || kept.clientId !== clientId) return { refused: 'unknown code' };
    if (kept.spent) {
      this.#tokens.delete(kept.token);
      return { refused: 'replayed code' };
    }
    kept.spent = true;
    if (this.now() >= kept.expires) return { refused: 'expired code' };
    if (kept.redirectUri !== redirectUri) return { refused: 'another redirect URI' };
    const shown = createHash('sha256').update(verifier ?? '').digest('base64url');
    if (!VERIFIER.test(verifier ?? '') || !same(shown, kept.challenge)) {
      return { refused: 'wrong PKCE verifier' };
    }
    kept.token = randomBytes(24).toString('base64url');
    this.#keep(this.#tokens, kept.token, { person: kept.person, scope: kept.scope });
    return { token: kept.token, scope: kept.scope };
  }

  /** Who a bearer token stands for: {person, scope}, or undefined. */
  bearer(authorization) {
    const [, token] = /^Bearer ([A-Za-z0-9_-]{20,})$/.exec(authorization ?? '') ?? [];
    return this.#tokens.get(token);
  }

  #keep(map, key, value) {
    map.set(key, value);
    if (map.size > MAX_KEPT) map.delete(map.keys().next().value);
  }
}
