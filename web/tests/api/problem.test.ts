import { describe, expect, it } from 'vitest';
import {
  ApiError,
  fieldMessage,
  inPlainWords,
  isBesideField,
  NetworkError,
  SessionEnded,
} from '../../src/api/problem';

const refused = (body: object, status = 409, headers = {}) =>
  new ApiError(status, body, new Headers(headers));

describe('an error in plain words', () => {
  it('is the API’s own sentence for a refusal', () => {
    expect(inPlainWords(refused({ code: 'handle_taken', detail: 'Somebody has it.' }))).toBe(
      'Somebody has it.',
    );
  });

  it('says how long to wait', () => {
    expect(inPlainWords(refused({}, 429, { 'retry-after': '30' }))).toMatch(/Wait 30 seconds/);
  });

  it('gives a reference for a fault on our side, and not its details', () => {
    const words = inPlainWords(refused({ detail: 'KeyError', request_id: 'req_7' }, 500));
    expect(words).toMatch(/our side.*req_7/);
    expect(words).not.toMatch(/KeyError/);
  });

  it('points at the form when fields are wrong', () => {
    const body = { detail: 'see `errors`', errors: [{ field: 'body.title', message: 'x' }] };
    expect(inPlainWords(refused(body, 422))).toMatch(/form/);
  });

  it('is about the connection when there is no answer', () => {
    expect(inPlainWords(new NetworkError(null))).toMatch(/connection/);
    expect(inPlainWords(new SessionEnded())).toMatch(/Log in again/);
  });

  it('copes with an answer that is no problem document', () => {
    const error = refused('<html>bad gateway' as unknown as object, 403);
    expect([error.code, inPlainWords(error)]).toEqual(['http_403', 'The server answered 403.']);
  });
});

describe('the message of a field', () => {
  const invalid = refused(
    {
      errors: [
        { field: 'body.password', code: 'string_too_short', message: 'String … at least 8 characters' },
        { field: 'body.tags.3', code: 'string_too_long', message: 'String … at most 40 characters' },
        { field: 'body.title', code: 'value_error', message: 'Value error, control characters' },
      ],
    },
    422,
  );

  it('is found by its path, in words', () => {
    expect(fieldMessage(invalid, 'password')).toBe('Use at least 8 characters.');
    expect(fieldMessage(invalid, 'tags')).toBe('Use at most 40 characters.');
    expect(fieldMessage(invalid, 'title')).toBe('control characters');
    expect(fieldMessage(invalid, 'email')).toBeNull();
  });

  it('is found by a code that names it', () => {
    const taken = refused({ code: 'handle_taken', detail: 'Somebody has it.' });
    expect(fieldMessage(taken, 'handle')).toBe('Somebody has it.');
    expect(fieldMessage(taken, 'email')).toBeNull();
    expect(isBesideField(taken, ['email', 'handle'])).toBe(true);
    expect(isBesideField(taken, ['email'])).toBe(false);
  });
});

describe('whether to try again', () => {
  it.each([
    [503, {}, true],
    [429, {}, true],
    [409, { retryable: true }, true],
    [409, {}, false],
    [404, {}, false],
  ])('status %i with %o: %s', (status, body, expected) => {
    expect(refused(body, status).isTemporary).toBe(expected);
  });
});
