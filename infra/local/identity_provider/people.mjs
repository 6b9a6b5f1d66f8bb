// The demo people that every provider knows, each under an id of the provider's own kind.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const people = JSON.parse(readFileSync(new URL('people.json', import.meta.url), 'utf8'));

/** The person of that id; a test may also ask for one it makes up: `made-up:<anything>`. */
export function person(id) {
  const known = people.find((each) => each.id === id);
  if (known) return known;
  const made = /^made-up:([a-z0-9-]{1,40})$/.exec(id ?? '');
  if (!made) return undefined;
  const name = made[1];
  return {
    id,
    name: `Made ${name}`,
    username: name,
    email: `${name}@example.net`,
    verified: true,
    says: 'made up',
  };
}

/** A number as GitHub and X give their users, always the same for the same person. */
export function numberOf(provider, id) {
  const digest = createHash('sha256').update(`${provider}\n${id}`).digest();
  return String(digest.readUInt32BE(0) + 1_000_000);
}
