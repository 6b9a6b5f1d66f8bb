/** What the API says when it refuses (RFC 9457 problem+json), and how a person is told. */

import { formatWait } from '../format/time';

export interface FieldError {
  /** A dotted path: `body.file.name`. */
  field: string;
  code: string;
  message: string;
}

/** The API answered, and the answer is no. `code` is stable; `detail` is for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldError[];
  readonly requestId: string | null;
  /** Seconds the server asks to wait (Retry-After), or null. */
  readonly retryAfterSeconds: number | null;
  /** The server says that the same request may succeed later. */
  readonly isRetryable: boolean;
  /** What some codes bring along: ids, numbers, ways on. */
  readonly context: Readonly<Record<string, unknown>>;

  constructor(status: number, body: unknown, headers: Headers = new Headers()) {
    const problem = isRecord(body) ? body : {};
    super(text(problem.detail) ?? text(problem.title) ?? `The server answered ${status}.`);
    this.name = 'ApiError';
    this.context = isRecord(problem.context) ? problem.context : {};
    this.status = status;
    this.code = text(problem.code) ?? `http_${status}`;
    this.fields = fieldErrors(problem.errors);
    this.requestId = text(problem.request_id) ?? headers.get('x-request-id');
    this.isRetryable = problem.retryable === true;
    const wait = Number(headers.get('retry-after') ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(wait) && wait >= 0 ? wait : null;
  }

  /** Worth sending again unchanged: too many requests, something in flight, a server fault. */
  get isTemporary(): boolean {
    return this.isRetryable || this.status === 429 || this.status === 408 || this.status >= 500;
  }
}

/** No answer came at all: no line, a refused connection, or it took too long. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('There was no answer from the server.', { cause });
    this.name = 'NetworkError';
  }
}

/** The refresh token is no longer good: the person has to log in again. */
export class SessionEnded extends Error {
  constructor() {
    super('Your session has ended. Log in again to go on.');
    this.name = 'SessionEnded';
  }
}

/** The person did not confirm who they are: nothing was done. */
export class NotConfirmed extends Error {
  constructor() {
    super('You did not confirm that it is you, so nothing was changed.');
    this.name = 'NotConfirmed';
  }
}

/** One sentence for the person in front of the screen. */
export function inPlainWords(error: unknown): string {
  if (error instanceof SessionEnded || error instanceof NotConfirmed) return error.message;
  if (error instanceof NetworkError) {
    return 'We can’t reach Social Flow. Check your connection and try again.';
  }
  if (!(error instanceof ApiError)) return 'Something went wrong in this page. Reload it and try again.';
  if (error.status === 429) {
    const wait = error.retryAfterSeconds;
    return wait
      ? `That was a lot of tries. Wait ${formatWait(wait)} and try again.`
      : 'That was a lot of tries. Wait a moment and try again.';
  }
  if (error.status >= 500) {
    const reference = error.requestId ? ` (reference ${error.requestId})` : '';
    return `Something went wrong on our side. Try again in a moment${reference}.`;
  }
  if (error.fields.length > 0) return 'Something in the form is not right yet.';
  return error.message;
}

/**
 * What the API says of one form field: by the last step of a field path (`body.title`), or by a
 * code that begins with the field (`handle_taken`).
 */
export function fieldMessage(error: unknown, field: string): string | null {
  if (!(error instanceof ApiError)) return null;
  const found = error.fields.find((item) => item.field.split('.').includes(field));
  if (found) return plainRule(found);
  return error.code.startsWith(`${field}_`) ? error.message : null;
}

/** Whether the error is shown beside one of these fields, so that it need not be said twice. */
export function isBesideField(error: unknown, fields: readonly string[]): boolean {
  return fields.some((field) => fieldMessage(error, field) !== null);
}

/** The API's validation speaks of strings and patterns; people write words. */
function plainRule({ code, message }: FieldError): string {
  const number = /\d+/.exec(message)?.[0];
  if (code === 'string_too_short' && number) {
    return number === '1' ? 'This is needed.' : `Use at least ${number} characters.`;
  }
  if (code === 'string_too_long' && number) return `Use at most ${number} characters.`;
  if (code === 'too_long' && number) return `At most ${number} are allowed.`;
  if (code === 'string_pattern_mismatch') return 'Some of these characters are not allowed here.';
  return message.replace(/^Value error, /, '');
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isRecord).map((item) => ({
    field: text(item.field) ?? '',
    code: text(item.code) ?? '',
    message: text(item.message) ?? 'This is not valid.',
  }));
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
