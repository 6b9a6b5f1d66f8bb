/** Signing in by Google, Apple and others, and linking them. */
import type { components } from './generated/schema';
import { keepFlow, newVerifier, type Flow } from '../account/flow';
import { tokensIn, type Challenge } from './auth';
import { anonymous, api, session, unwrap } from './client';

export type Provider = components['schemas']['SignInProvider'];

/** Somebody new: they choose a handle, then there is an account. */
export type Newcomer = components['schemas']['SignUpNeeded'];

export type Landing =
  | { kind: 'signed-in' }
  | { kind: 'challenge'; challenge: Challenge }
  | { kind: 'linked'; provider: string }
  | { kind: 'newcomer'; newcomer: Newcomer };

/** Only the providers that the operator switched on. */
export async function listProviders(): Promise<Provider[]> {
  return unwrap(await anonymous.GET('/v1/auth/providers')).items;
}

/** Leaves for the provider's page; the answer arrives at /signed-in in this tab. */
export async function leaveFor(flow: Omit<Flow, 'verifier'>): Promise<void> {
  const { verifier, challenge } = await newVerifier();
  const client = flow.intent === 'link' ? api : anonymous;
  const answer = await client.POST('/v1/auth/providers/{provider}/start', {
    params: { path: { provider: flow.provider } },
    body: { intent: flow.intent, return_to: 'web', challenge },
  });
  const { authorization_url } = unwrap(answer);
  keepFlow({ ...flow, verifier });
  location.assign(authorization_url);
}

/** Trades what the provider's answer left for a session, or for what is still to do. */
export async function land(flow: string, kept: Flow): Promise<Landing> {
  const client = kept.intent === 'link' ? api : anonymous;
  const body = { flow, verifier: kept.verifier };
  const ask = async () => unwrap(await client.POST('/v1/auth/providers/exchange', { body }));
  // Linking brings no new session, and its request may have to renew the old one: no lock.
  const answer: object = kept.intent === 'link' ? await ask() : await session.begin(ask, tokensIn);
  if ('challenge' in answer) return { kind: 'challenge', challenge: answer as Challenge };
  if ('signup_token' in answer) return { kind: 'newcomer', newcomer: answer as Newcomer };
  if ('linked' in answer) return { kind: 'linked', provider: String(answer.linked) };
  return { kind: 'signed-in' };
}

export async function joinBy(
  signup_token: string,
  handle: string,
  display_name: string,
): Promise<void> {
  const body = { signup_token, handle, display_name };
  await session.begin(
    async () => unwrap(await anonymous.POST('/v1/auth/providers/sign-up', { body })),
    tokensIn,
  );
}
