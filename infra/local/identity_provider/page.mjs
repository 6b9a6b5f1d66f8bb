// The page on which one picks who to be, and what all pages and answers share.

import { people } from './people.mjs';

const MAX_BODY_BYTES = 64 * 1024;

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const safe = (text) => String(text).replace(/[&<>"']/g, (character) => escapes[character]);

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem }
  button { display: block; width: 100%; text-align: left; font: inherit; padding: .6rem .8rem;
    margin: .5rem 0; border: 1px solid #bbb; border-radius: .5rem; background: #fff; cursor: pointer }
  button small { display: block; color: #555 } .cancel { text-align: center }
  @media (prefers-color-scheme: dark) { body { background: #111; color: #eee }
    button { background: #222; color: #eee; border-color: #444 } button small { color: #aaa } }`;

/** The picker: it posts `person`, or `cancel`, to `action` with the hidden fields. */
export function picker({ title, application, action, hidden = {} }) {
  const fields = Object.entries(hidden)
    .map(([name, value]) => `<input type="hidden" name="${safe(name)}" value="${safe(value)}">`)
    .join('');
  const buttons = people
    .map(
      (each) => `<button name="person" value="${safe(each.id)}">${safe(each.name)}
        <small>${safe(each.email ?? '')} ${safe(each.says)}</small></button>`,
    )
    .join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width"><title>${safe(title)}</title>
    <style>${STYLE}</style></head><body><h1>${safe(title)}</h1>
    <p>${safe(application)} wants to know who you are. This page stands in for the real provider
    on this machine: pick a person.</p>
    <form method="post" action="${safe(action)}">${fields}${buttons}
    <button class="cancel" name="cancel" value="1">Cancel</button></form></body></html>`;
}

export function html(response, status, body) {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
  });
  response.end(body);
}

/** A refusal that must not lead anywhere: the redirect URI itself is not to be trusted. */
export function refusal(response, text) {
  html(response, 400, `<!doctype html><meta charset="utf-8"><title>Refused</title><p>${safe(text)}`);
}

export function json(response, status, body, headers = {}) {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

export function redirect(response, location) {
  response.writeHead(303, { location, 'content-length': '0', 'cache-control': 'no-store' });
  response.end();
}

/** The body as text; raises past 64 KB. */
export async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The fields of a form; undefined where one came twice, which no honest client sends. */
export function fieldsOf(text) {
  const fields = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(fields, name)) return undefined;
    fields[name] = value;
  }
  return fields;
}
