// What is Apple's own: the client's secret is a JWT that it signs ES256, answers come by form_post,
// the person's name comes beside the code, the first time only, and with it a refresh token. Who
// gives that back is new to Apple: the name comes again.

import { safe } from './page.mjs';

const SIX_MONTHS_SECONDS = 15_777_000;

export async function apple(jose, { client, issuer }) {
  const key = await jose.importJWK(client.public_key, 'ES256');
  const greeted = new Set();

  async function isGenuine(secret) {
    try {
      const { payload, protectedHeader } = await jose.jwtVerify(secret, key, {
        algorithms: ['ES256'],
        issuer: client.team_id,
        subject: client.client_id,
        audience: issuer,
        requiredClaims: ['iat', 'exp'],
      });
      return (
        protectedHeader.kid === client.key_id &&
        payload.exp - payload.iat <= SIX_MONTHS_SECONDS &&
        payload.iat <= Date.now() / 1000 + 60
      );
    } catch {
      return false;
    }
  }

  return {
    mode: 'form_post',
    cancelled: 'user_cancelled_authorize',
    refresh: true,
    revoked: (id) => greeted.delete(id),
    claimNames: ['is_private_email', 'nonce_supported'],
    // Apple writes booleans as strings, and tells confirmed addresses alone.
    claims: (who) => ({
      ...(who.verified ? { email_verified: 'true' } : { email: undefined, email_verified: undefined }),
      is_private_email: 'false',
      nonce_supported: true,
    }),
    fields(who) {
      if (!who || greeted.has(who.id)) return '';
      greeted.add(who.id);
      const [firstName, ...rest] = who.name.split(' ');
      const name = { name: { firstName, lastName: rest.join(' ') }, email: who.email ?? undefined };
      return `<input type="hidden" name="user" value="${safe(JSON.stringify(name))}"/>`;
    },
    async authenticated(fields) {
      const genuine = await isGenuine(fields.client_secret ?? '');
      return { ...fields, client_secret: genuine ? client.client_secret : 'refused' };
    },
  };
}
