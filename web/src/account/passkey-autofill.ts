/**
 * Passkeys in the autofill of the sign-in form. The browser waits without a dialog until the
 * person picks one; each wait has a challenge of the server's, which is renewed before it is over.
 */
import { hasAutofill, wasLeft } from './webauthn';
import type { Proof } from '../api/passkeys';
import { later, type Later } from '../live/later';

/** Shorter than a challenge lives. */
export const RENEW_MS = 4 * 60_000;

export interface AutofillPorts {
  isPossible(): Promise<boolean>;
  prove(options: { mediation: 'conditional'; signal: AbortSignal }): Promise<Proof>;
  later: Later;
}

/** Offers passkeys until called off, or until one was picked. Never complains: it is an extra. */
export function offerPasskeys(
  onproof: (proof: Proof) => void,
  ports: Pick<AutofillPorts, 'prove'> & Partial<AutofillPorts>,
): () => void {
  const { isPossible = hasAutofill, later: wait = later } = ports;
  let isOver = false;
  let end: () => void = () => undefined;

  async function offer(): Promise<void> {
    if (isOver || !(await isPossible()) || isOver) return;
    const controller = new AbortController();
    let isRenewed = false;
    const callOff = wait(() => {
      isRenewed = true;
      controller.abort();
    }, RENEW_MS);
    end = () => controller.abort();
    try {
      const proof = await ports.prove({ mediation: 'conditional', signal: controller.signal });
      if (!isOver) onproof(proof);
    } catch (error) {
      if (isRenewed && !isOver) void offer();
      else if (!wasLeft(error)) isOver = true;
    } finally {
      callOff();
    }
  }

  void offer();
  return () => {
    isOver = true;
    end();
  };
}
