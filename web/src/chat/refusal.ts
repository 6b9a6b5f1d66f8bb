/** Why somebody may not write, or why a message was not taken; and how they are told. */

export type Refusal =
  | { kind: 'banned' | 'blocked_term' | 'links' | 'signed_out' | 'too_long' | 'too_fast' }
  | { kind: 'timed_out'; until: string | null }
  | { kind: 'slow_mode'; waitSeconds: number }
  | { kind: 'followers_only'; minutes: number }
  | { kind: 'unsent' }
  | { kind: 'other'; text: string };

const RFC3339 = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/;

/** `reason`: a code with its figures, as the review handler or a token's answer gives it. */
export function refusalOf(reason: string): Refusal {
  const text = reason.toLowerCase();
  const number = Number(/\d+(?:\.\d+)?/.exec(text.replace(RFC3339, ''))?.[0] ?? 0);
  if (/timed?[_ -]?out|silenced/.test(text)) {
    return { kind: 'timed_out', until: RFC3339.exec(reason)?.[0] ?? null };
  }
  if (text.includes('banned')) return { kind: 'banned' };
  if (/slow[_ -]?mode|too[_ -]?soon/.test(text)) {
    return { kind: 'slow_mode', waitSeconds: Math.ceil(number) };
  }
  if (/follow/.test(text)) return { kind: 'followers_only', minutes: Math.ceil(number) };
  if (/too[_ -]?long/.test(text)) return { kind: 'too_long' };
  if (/blocked|term|word/.test(text)) return { kind: 'blocked_term' };
  if (/link/.test(text)) return { kind: 'links' };
  if (/signed|sign[_ -]in|anonym/.test(text)) return { kind: 'signed_out' };
  return { kind: 'other', text: reason };
}

/** From an error of the chat's messaging service: its number, and the words beside it. */
export function refusalOfError(code: number, message: string): Refusal {
  switch (code) {
    case 406:
      return refusalOf(message);
    case 403:
      return { kind: 'banned' };
    case 413:
      return { kind: 'too_long' };
    case 429:
      return { kind: 'too_fast' };
    default:
      return { kind: 'unsent' };
  }
}

/** One sentence. `now`: milliseconds since 1970. */
export function refusalWords(refusal: Refusal, now: number): string {
  switch (refusal.kind) {
    case 'banned':
      return 'You are banned from this chat.';
    case 'timed_out':
      return `You are timed out${timeLeft(refusal.until, now)}.`;
    case 'slow_mode':
      return refusal.waitSeconds > 0
        ? `Slow mode is on. You can write again in ${refusal.waitSeconds} s.`
        : 'Slow mode is on. Wait a little before you write again.';
    case 'followers_only':
      return refusal.minutes > 0
        ? `Only people who have followed for ${minutes(refusal.minutes)} may write.`
        : 'Only followers may write.';
    case 'blocked_term':
      return 'Not sent: it has a word in it that is not wanted here.';
    case 'links':
      return 'Not sent: links are not allowed here.';
    case 'signed_out':
      return 'Log in to write.';
    case 'too_long':
      return 'Not sent: it is too long.';
    case 'too_fast':
      return 'Not sent: the chat is very busy. Try again in a moment.';
    case 'unsent':
      return 'Not sent: the connection was lost. Try again.';
    case 'other':
      return refusal.text ? `Not sent: ${refusal.text}` : 'Not sent.';
  }
}

function timeLeft(until: string | null, now: number): string {
  if (!until) return '';
  const seconds = Math.max(1, Math.ceil((Date.parse(until) - now) / 1000));
  return seconds < 120 ? ` for ${seconds} s more` : ` for ${minutes(Math.ceil(seconds / 60))} more`;
}

function minutes(count: number): string {
  return count === 1 ? 'a minute' : `${count} minutes`;
}
