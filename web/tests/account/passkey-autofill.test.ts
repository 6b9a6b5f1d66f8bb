import { beforeEach, describe, expect, it, vi } from 'vitest';
import { offerPasskeys, RENEW_MS } from '../../src/account/passkey-autofill';
import type { Proof } from '../../src/api/passkeys';
import { NetworkError } from '../../src/api/problem';
import { FakeClock, settled } from '../support/fake-clock';

const proof = { challenge_token: 't' } as Proof;

let clock: FakeClock;
let waits: { signal: AbortSignal; pick: () => void; fail: (error: unknown) => void }[];
let onproof: ReturnType<typeof vi.fn<(proof: Proof) => void>>;

beforeEach(() => {
  clock = new FakeClock();
  waits = [];
  onproof = vi.fn<(proof: Proof) => void>();
});

function offer(isPossible = true): () => void {
  return offerPasskeys(onproof, {
    isPossible: async () => isPossible,
    later: clock.later,
    prove: ({ signal }) =>
      new Promise<Proof>((resolve, reject) => {
        waits.push({ signal, pick: () => resolve(proof), fail: reject });
        signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      }),
  });
}

describe('passkeys in the autofill', () => {
  it('are not offered where the browser has no such thing', async () => {
    offer(false);
    await settled();
    expect(waits).toHaveLength(0);
  });

  it('sign in when one is picked', async () => {
    offer();
    await settled();
    waits[0]?.pick();
    await settled();
    expect(onproof).toHaveBeenCalledExactlyOnceWith(proof);
    expect(clock.planned).toBe(0);
  });

  it('have a fresh challenge before the old one is over', async () => {
    offer();
    await clock.advance(RENEW_MS);
    expect(waits).toHaveLength(2);
    expect(waits[0]?.signal.aborted).toBe(true);
    await clock.advance(RENEW_MS);
    expect(waits).toHaveLength(3);
    waits[2]?.pick();
    await settled();
    expect(onproof).toHaveBeenCalledTimes(1);
  });

  it('are called off, before or while they wait', async () => {
    const early = offer();
    early();
    await settled();
    expect(waits).toHaveLength(0);
    const callOff = offer();
    await settled();
    callOff();
    await clock.advance(2 * RENEW_MS);
    expect(waits.map(({ signal }) => signal.aborted)).toEqual([true]);
    expect(onproof).not.toHaveBeenCalled();
  });

  it.each([new NetworkError(null), new DOMException('', 'SecurityError')])(
    'are given up without a word when they fail (%s)',
    async (error) => {
      offer();
      await settled();
      waits[0]?.fail(error);
      await clock.advance(2 * RENEW_MS);
      expect(waits).toHaveLength(1);
      expect(onproof).not.toHaveBeenCalled();
    },
  );
});
