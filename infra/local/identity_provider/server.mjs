// The providers of `make run` and of the tests on one loopback port, each under its own path.
//
//   node server.mjs <folder of node_modules> <configuration.json>
//
// The configuration: {port, url, callbacks: {provider: [redirect URIs]}, clients: {provider: …},
// keys: {signing, cookies}}. It prints `listening on <port>` once it answers, ends on SIGTERM, and
// when whoever started it is gone.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { apple } from './apple.mjs';
import { isForeignPage } from './callers.mjs';
import { github } from './github.mjs';
import { openid } from './openid.mjs';
import { html, json } from './page.mjs';
import { x } from './x.mjs';

const [folder, configurationPath] = process.argv.slice(2);
const configuration = JSON.parse(readFileSync(configurationPath, 'utf8'));
const { port, url: base, callbacks, clients, keys } = configuration;

const require = createRequire(`${folder}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const [library, jose] = await Promise.all([load('oidc-provider'), load('jose')]);

const common = (name) => ({
  name,
  prefix: `/${name}`,
  issuer: `${base}/${name}`,
  client: clients[name],
  redirectUris: callbacks[name],
  keys,
});
const flavour = (name, title, adapt) => openid(library, { ...common(name), title, adapt });
const appleWays = await apple(jose, common('apple'));
const providers = {
  google: flavour('google', 'Google, on this machine', {}),
  apple: flavour('apple', 'Apple, on this machine', appleWays),
  // It tells an address without a word on whether anybody confirmed it.
  facebook: flavour('facebook', 'Facebook, on this machine', {
    claims: () => ({ email_verified: undefined }),
  }),
  github: github(common('github')),
  x: x(common('x')),
};

const server = createServer(async (request, response) => {
  try {
    if (isForeignPage(request)) return json(response, 403, { error: 'access_denied' });
    const url = new URL(request.url, base);
    if (url.pathname === '/health') return json(response, 200, { status: 'ok' });
    const [, name, rest] = /^\/([a-z]+)(\/.*)$/.exec(url.pathname) ?? [];
    const answer = Object.hasOwn(providers, name ?? '') ? providers[name] : undefined;
    if (!answer) return html(response, 404, '<!doctype html><title>Not found</title>');
    return await answer(rest, url, request, response);
  } catch (error) {
    console.error(error);
    if (!response.headersSent) json(response, 500, { error: 'server_error' });
    return response.end();
  }
});
server.requestTimeout = 15_000;
server.listen(port, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));

const end = () => {
  server.close(() => process.exit(0));
  server.closeAllConnections();
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
