import { beforeEach, describe, expect, it } from 'vitest';
import { fromBase64Url, toBase64Url } from '../../src/account/base64url';
import { keepFlow, newVerifier, takeFlow } from '../../src/account/flow';
import { keyFor } from '../../src/account/idempotency';
import { landingWords } from '../../src/account/landing-words';
import { dropPending, keepPending, keptPending } from '../../src/account/pending';
import { MemoryStore } from '../support/memory-store';

let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore();
});

describe('base64url', () => {
  it('comes back as it was, without padding or characters of other alphabets', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 89 + length) % 256);
      const text = toBase64Url(bytes);
      expect(text).toMatch(/^[A-Za-z0-9_-]*$/);
      expect([...fromBase64Url(text)]).toEqual([...bytes]);
    }
  });
});

describe('the way through a provider', () => {
  it('has a challenge that is the hash of its verifier (RFC 7636)', async () => {
    const { verifier, challenge } = await newVerifier();
    expect(verifier).toHaveLength(43);
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
    expect(challenge).toBe(toBase64Url(hash));
    expect((await newVerifier()).verifier).not.toBe(verifier);
  });

  it('is taken up once, in the tab that began it', () => {
    const flow = { verifier: 'v', provider: 'google', intent: 'link' as const, next: '/settings' };
    keepFlow(flow, store);
    expect(takeFlow(store)).toEqual(flow);
    expect(takeFlow(store)).toBeNull();
    expect(takeFlow(new MemoryStore())).toBeNull();
  });

  it('is nothing when what is kept is not ours', () => {
    store.setItem('socialflow.provider', '{broken');
    expect(takeFlow(store)).toBeNull();
  });

  it('says what went wrong in words, never in a code', () => {
    expect(landingWords('cancelled')).toMatch(/did not allow/);
    expect(landingWords('something_new', 'The API’s own sentence.')).toBe('The API’s own sentence.');
    expect(landingWords('<script>')).toMatch(/did not confirm/);
  });
});

describe('a registration that waits for its code', () => {
  const pending = {
    registration_token: 'reg',
    expires_at: '2026-11-21T12:00:00Z',
    email: 'ann@example.com',
    handle: 'ann',
  };
  const before = Date.parse('2026-11-21T11:59:00Z');

  it('is found by another tab until it is over', () => {
    keepPending(pending, store);
    expect(keptPending(before, store)).toEqual(pending);
    expect(keptPending(Date.parse('2026-11-21T12:00:01Z'), store)).toBeNull();
    expect(store.kept.size).toBe(0);
  });

  it('holds no password', () => {
    keepPending(pending, store);
    expect([...store.kept.values()].join()).not.toContain('password');
  });

  it('is gone once it is dropped, and nothing when it is not ours', () => {
    keepPending(pending, store);
    dropPending(store);
    expect(keptPending(before, store)).toBeNull();
    store.setItem('socialflow.registration', '{broken');
    expect(keptPending(before, store)).toBeNull();
  });
});

describe('the key of a form', () => {
  it('stays for the same wish and changes with it', () => {
    const first = keyFor({ handle: 'ann' }, null);
    expect(keyFor({ handle: 'ann' }, first)).toBe(first);
    expect(keyFor({ handle: 'bob' }, first).key).not.toBe(first.key);
  });
});
