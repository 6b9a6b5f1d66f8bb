// X's OAuth 2.0 for confidential clients, as its documentation has it.
//
//   GET  /i/oauth2/authorize   the picker
//   POST /2/oauth2/token       HTTP Basic; a code is good for 30 seconds
//   GET  /2/users/me           needs users.read and tweet.read; confirmed_email needs users.email

import { CHALLENGE, Codes, same } from './codes.mjs';
import { bodyOf, fieldsOf, html, json, picker, redirect, refusal } from './page.mjs';
import { numberOf, person } from './people.mjs';

const MAX_STATE_CHARACTERS = 500;

export function x({ client, redirectUris, prefix }) {
  const codes = new Codes({ codeSeconds: 30 });
  const basic = `${encodeURIComponent(client.client_id)}:${encodeURIComponent(client.client_secret)}`;
  const authorization = `Basic ${Buffer.from(basic).toString('base64')}`;

  function checked(fields, response) {
    if (!fields || fields.client_id !== client.client_id) {
      refusal(response, 'Something went wrong: there is no such app.');
    } else if (!redirectUris.includes(fields.redirect_uri)) {
      refusal(response, 'Something went wrong: the redirect_uri does not match one of the app.');
    } else if (
      fields.response_type !== 'code' ||
      !fields.scope ||
      !fields.state ||
      fields.state.length > MAX_STATE_CHARACTERS ||
      fields.code_challenge_method !== 'S256' ||
      !CHALLENGE.test(fields.code_challenge)
    ) {
      refusal(response, 'Something went wrong: response_type, scope, state or PKCE is missing.');
    } else {
      return true;
    }
    return false;
  }

  function authorize(url, response) {
    const fields = fieldsOf(url.search);
    if (!checked(fields, response)) return;
    const action = `${prefix}/i/oauth2/authorize`;
    const page = { title: 'X, on this machine', application: 'Social Flow', action };
    html(response, 200, picker({ ...page, hidden: fields }));
  }

  async function picked(request, response) {
    const { person: id, cancel, ...fields } = fieldsOf(await bodyOf(request)) ?? {};
    if (!checked(fields, response)) return;
    const back = new URL(fields.redirect_uri);
    back.searchParams.set('state', fields.state);
    if (cancel || !person(id)) {
      back.searchParams.set('error', 'access_denied');
    } else {
      const code = codes.issue({
        clientId: client.client_id,
        redirectUri: fields.redirect_uri,
        challenge: fields.code_challenge,
        scope: fields.scope.split(' '),
        person: id,
      });
      back.searchParams.set('code', code);
    }
    redirect(response, back.href);
  }

  async function token(request, response) {
    const fields = fieldsOf(await bodyOf(request)) ?? {};
    if (!same(request.headers.authorization, authorization)) {
      return failure(response, 401, 'unauthorized_client', 'Missing valid authorization header');
    }
    if (fields.grant_type !== 'authorization_code') {
      return failure(response, 400, 'unsupported_grant_type', 'Only authorization_code.');
    }
    const found = codes.redeem({
      code: fields.code,
      clientId: client.client_id,
      redirectUri: fields.redirect_uri,
      verifier: fields.code_verifier,
    });
    if (found.refused) return failure(response, 400, 'invalid_request', `${found.refused}.`);
    const token = { token_type: 'bearer', expires_in: 7200, access_token: found.token };
    return json(response, 200, { ...token, scope: found.scope.join(' ') });
  }

  function me(url, request, response) {
    const bearer = codes.bearer(request.headers.authorization);
    if (!bearer) return json(response, 401, { title: 'Unauthorized', status: 401 });
    if (!['users.read', 'tweet.read'].every((scope) => bearer.scope.includes(scope))) {
      return json(response, 403, { title: 'Forbidden', status: 403 });
    }
    const who = person(bearer.person);
    const wanted = (url.searchParams.get('user.fields') ?? '').split(',');
    const shown = wanted.includes('confirmed_email') && bearer.scope.includes('users.email');
    // An address that was never confirmed is not told at all.
    const address = shown && who.verified && who.email ? { confirmed_email: who.email } : {};
    const id = numberOf('x', who.id);
    return json(response, 200, {
      data: { id, name: who.name, username: who.username.replaceAll('-', '_'), ...address },
    });
  }

  return async (path, url, request, response) => {
    const route = `${request.method} ${path}`;
    if (route === 'GET /i/oauth2/authorize') return authorize(url, response);
    if (route === 'POST /i/oauth2/authorize') return picked(request, response);
    if (route === 'POST /2/oauth2/token') return token(request, response);
    if (route === 'GET /2/users/me') return me(url, request, response);
    return json(response, 404, { title: 'Not Found', status: 404 });
  };
}

function failure(response, status, error, description) {
  return json(response, status, { error, error_description: description });
}
