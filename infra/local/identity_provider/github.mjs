// GitHub's OAuth apps as their documentation has them, and stricter: PKCE is asked for here.
//
//   GET  /login/oauth/authorize       the picker
//   POST /login/oauth/access_token    errors come with status 200; a form unless JSON is asked for
//   GET  /api/user, /api/user/emails  need a User-Agent; addresses need the scope user:email

import { CHALLENGE, Codes, same } from './codes.mjs';
import { bodyOf, fieldsOf, html, json, picker, redirect, refusal } from './page.mjs';
import { numberOf, person } from './people.mjs';

export function github({ client, redirectUris, prefix }) {
  const codes = new Codes({ codeSeconds: 600 });

  function checked(fields, response) {
    if (!fields || fields.client_id !== client.client_id) {
      refusal(response, 'There is no application of that client_id.');
    } else if (!redirectUris.includes(fields.redirect_uri)) {
      refusal(response, 'The redirect_uri is not associated with this application.');
    } else if (fields.code_challenge_method !== 'S256' || !CHALLENGE.test(fields.code_challenge)) {
      refusal(response, 'This server takes no request without PKCE by S256.');
    } else {
      return true;
    }
    return false;
  }

  function authorize(url, response) {
    const fields = fieldsOf(url.search);
    if (!checked(fields, response)) return;
    const action = `${prefix}/login/oauth/authorize`;
    const page = { title: 'GitHub, on this machine', application: 'Social Flow', action };
    html(response, 200, picker({ ...page, hidden: fields }));
  }

  async function picked(request, response) {
    const { person: id, cancel, ...fields } = fieldsOf(await bodyOf(request)) ?? {};
    if (!checked(fields, response)) return;
    const back = new URL(fields.redirect_uri);
    if (fields.state !== undefined) back.searchParams.set('state', fields.state);
    if (cancel || !person(id)) {
      back.searchParams.set('error', 'access_denied');
      back.searchParams.set('error_description', 'The user has denied your application access.');
    } else {
      const scope = (fields.scope ?? '').split(/[ ,]+/).filter(Boolean);
      const code = codes.issue({
        clientId: client.client_id,
        redirectUri: fields.redirect_uri,
        challenge: fields.code_challenge,
        scope,
        person: id,
      });
      back.searchParams.set('code', code);
    }
    redirect(response, back.href);
  }

  async function token(request, response) {
    const fields = fieldsOf(await bodyOf(request)) ?? {};
    const answer = tokenAnswer(fields);
    if (/\bjson\b/.test(request.headers.accept ?? '')) return json(response, 200, answer);
    response.writeHead(200, { 'content-type': 'application/x-www-form-urlencoded' });
    return response.end(new URLSearchParams(answer).toString());
  }

  function tokenAnswer(fields) {
    const { client_id: clientId, client_secret: secret } = fields;
    if (clientId !== client.client_id || !same(secret, client.client_secret)) {
      return failure('incorrect_client_credentials', 'The client_id or client_secret is wrong.');
    }
    if (!redirectUris.includes(fields.redirect_uri)) {
      return failure('redirect_uri_mismatch', 'The redirect_uri must match the registered one.');
    }
    const found = codes.redeem({
      code: fields.code,
      clientId,
      redirectUri: fields.redirect_uri,
      verifier: fields.code_verifier,
    });
    if (found.refused) return failure('bad_verification_code', `The code: ${found.refused}.`);
    return { access_token: found.token, token_type: 'bearer', scope: found.scope.join(',') };
  }

  function api(path, request, response) {
    if (!request.headers['user-agent']) return json(response, 403, { message: 'No User-Agent.' });
    const bearer = codes.bearer(request.headers.authorization);
    if (!bearer) return json(response, 401, { message: 'Bad credentials' });
    const who = person(bearer.person);
    if (path === '/api/user') {
      return json(response, 200, {
        login: who.username,
        id: Number(numberOf('github', who.id)),
        name: who.name,
        // What a person shows on their page, which nobody confirmed.
        email: who.email,
      });
    }
    if (!bearer.scope.includes('user:email')) return json(response, 404, { message: 'Not Found' });
    const address = who.email && {
      email: who.email,
      primary: true,
      verified: who.verified,
      visibility: 'private',
    };
    const hidden = {
      email: `${numberOf('github', who.id)}+${who.username}@users.noreply.github.example`,
      primary: !address,
      verified: true,
      visibility: null,
    };
    return json(response, 200, address ? [hidden, address] : []);
  }

  return async (path, url, request, response) => {
    const route = `${request.method} ${path}`;
    if (route === 'GET /login/oauth/authorize') return authorize(url, response);
    if (route === 'POST /login/oauth/authorize') return picked(request, response);
    if (route === 'POST /login/oauth/access_token') return token(request, response);
    if (route === 'GET /api/user' || route === 'GET /api/user/emails') {
      return api(path, request, response);
    }
    return json(response, 404, { message: 'Not Found' });
  };
}

const failure = (error, description) => ({ error, error_description: description });
