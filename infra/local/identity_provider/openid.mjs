// Google, Apple and Facebook: oidc-provider with each one's ways.
//
// Always: PKCE by S256, codes good once and for a minute, exact redirect URIs, the client's secret.
// Whoever comes is asked each time who to be.

import { html, picker, bodyOf, fieldsOf } from './page.mjs';
import { person } from './people.mjs';

// Apple's scope for a name is `name`, Facebook's is `public_profile`.
const SCOPES = ['openid', 'email', 'profile', 'name', 'public_profile'];
const MONTH_SECONDS = 30 * 24 * 3600;

/**
 * `adapt` is how a flavour differs: `claims(person)` are more claims of its ID tokens, `mode` the
 * only response mode it takes (any, where there is none), `cancelled` what it calls a refusal, and
 * `fields(person)` what it puts beside the code in a form. With `refresh` it gives refresh tokens,
 * all of one grant of a person, and takes them back (RFC 7009); `revoked(id)` hears whose went.
 */
export function openid(library, { name, title, issuer, prefix, client, redirectUris, keys, adapt }) {
  const { Provider, interactionPolicy } = library;
  const policy = interactionPolicy.base();
  const login = policy.get('login');
  const asked = new interactionPolicy.Check('pick', 'somebody has to be picked', (ctx) =>
    ctx.oidc.result?.login
      ? interactionPolicy.Check.NO_NEED_TO_PROMPT
      : interactionPolicy.Check.REQUEST_PROMPT,
  );
  login.checks.add(asked);
  // Google's word for what this page always is.
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  const picks = new Map();
  const grants = new Map();
  const lasting = adapt.refresh ? MONTH_SECONDS : 600;

  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.client_id,
        client_secret: client.client_secret,
        redirect_uris: redirectUris,
        response_types: ['code'],
        grant_types: ['authorization_code', ...(adapt.refresh ? ['refresh_token'] : [])],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'RS256',
      },
    ],
    jwks: { keys: [keys.signing] },
    cookies: {
      keys: [keys.cookies],
      names: Object.fromEntries(
        ['session', 'interaction', 'resume'].map((kind) => [kind, `_${name}_${kind}`]),
      ),
    },
    scopes: SCOPES,
    claims: {
      openid: ['sub', ...(adapt.claimNames ?? [])],
      email: ['email', 'email_verified'],
      profile: ['name'],
      public_profile: ['name'],
    },
    // The three put what they know into the ID token.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    responseTypes: ['code'],
    features: {
      devInteractions: { enabled: false },
      revocation: {
        enabled: Boolean(adapt.refresh),
        allowedPolicy: (_ctx, asking, token) => token.clientId === asking.clientId,
      },
    },
    routes: { revocation: '/revoke' },
    issueRefreshToken: () => Boolean(adapt.refresh),
    rotateRefreshToken: false,
    expiresWithSession: () => !adapt.refresh,
    interactions: { policy, url: (_ctx, { uid }) => `${prefix}/interaction/${uid}` },
    ttl: {
      ...{ AuthorizationCode: 60, AccessToken: 600, IdToken: 3600, Interaction: 600, Session: 600 },
      ...{ Grant: lasting, RefreshToken: lasting },
    },
    async loadExistingGrant(ctx) {
      const { provider: ours, client: asking, session } = ctx.oidc;
      const kept = adapt.refresh && grants.get(session.accountId);
      const known = kept && (await ours.Grant.find(kept));
      if (known) return known;
      const grant = new ours.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope(SCOPES.join(' '));
      grants.set(session.accountId, await grant.save());
      return grant;
    },
    async findAccount(_ctx, id) {
      const who = person(id);
      if (!who) return undefined;
      const address = who.email ? { email: who.email, email_verified: who.verified } : {};
      return {
        accountId: id,
        claims: async () => ({
          sub: `${name}-${id}`,
          name: who.name,
          ...address,
          ...(adapt.claims?.(who) ?? {}),
        }),
      };
    },
    renderError(ctx, out) {
      ctx.type = 'json';
      ctx.body = out;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (typeof ctx.body === 'string' && ctx.body.includes('name="code"')) {
      const uid = ctx.path.split('/').pop();
      const extra = adapt.fields?.(picks.get(uid)) ?? '';
      picks.delete(uid);
      ctx.body = ctx.body.replace('<noscript>', `${extra}<noscript>`);
      ctx.length = Buffer.byteLength(ctx.body);
    }
  });
  provider.on('grant.revoked', (ctx) => adapt.revoked?.(ctx.oidc.entities.RefreshToken?.accountId));
  provider.on('server_error', (_ctx, error) => console.error(name, error));
  const answer = provider.callback();

  async function interaction(request, response) {
    const details = await provider.interactionDetails(request, response);
    if (request.method === 'GET') {
      const action = `${prefix}/interaction/${details.uid}`;
      return html(response, 200, picker({ title, application: 'Social Flow', action }));
    }
    const fields = fieldsOf(await bodyOf(request)) ?? {};
    const who = person(fields.person);
    const result =
      fields.cancel || !who
        ? { error: adapt.cancelled ?? 'access_denied' }
        : { login: { accountId: who.id, remember: false }, select_account: {} };
    if (who) picks.set(details.uid, who);
    return provider.interactionFinished(request, response, result, {
      mergeWithLastSubmission: false,
    });
  }

  return async (path, url, request, response) => {
    if (path.startsWith('/interaction/')) {
      try {
        return await interaction(request, response);
      } catch (error) {
        return html(response, 400, `<!doctype html><title>Refused</title><p>${error.name}`);
      }
    }
    if (path === '/auth' && adapt.mode && url.searchParams.get('response_mode') !== adapt.mode) {
      return html(response, 400, '<!doctype html><title>Refused</title><p>invalid_request: mode');
    }
    if (['/token', '/revoke'].includes(path) && request.method === 'POST') {
      const fields = fieldsOf(await bodyOf(request));
      if (!fields) return html(response, 400, 'invalid_request');
      request.body = adapt.authenticated ? await adapt.authenticated(fields) : fields;
    }
    request.originalUrl = request.url;
    request.url = path + url.search;
    return answer(request, response);
  };
}
