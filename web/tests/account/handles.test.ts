import { describe, expect, it } from 'vitest';
import { bareHandle, handleFrom, HANDLE_PATTERN, suggestionsFor } from '../../src/account/handles';
import { ApiError } from '../../src/api/problem';

const taken = (context = {}) => new ApiError(409, { code: 'handle_taken', context });

describe('suggestions for a handle', () => {
  it('are none without an error, or for an error of another kind', () => {
    expect(suggestionsFor(null, 'ann', 2026)).toEqual([]);
    expect(suggestionsFor(new ApiError(409, { code: 'email_taken' }), 'ann', 2026)).toEqual([]);
    expect(suggestionsFor(new ApiError(422, { code: 'handle_invalid' }), 'a b', 2026)).toEqual([]);
  });

  it('are the server’s, where it has some', () => {
    const error = taken({ suggestions: ['ann_1', 'ann_2', 'ann_3', 'ann_4'] });
    expect(suggestionsFor(error, 'ann', 2026)).toEqual(['ann_1', 'ann_2', 'ann_3']);
  });

  it('are made of what was wanted otherwise, and fit the rule for handles', () => {
    for (const wanted of ['@Ann_', 'x'.repeat(28), 'x'.repeat(30)]) {
      for (const each of suggestionsFor(taken(), wanted, 2026)) {
        expect(each).toMatch(new RegExp(`^${HANDLE_PATTERN}$`));
        expect(each).not.toBe(bareHandle(wanted).toLowerCase());
      }
    }
    expect(suggestionsFor(taken(), '@Ann_', 2026)).toEqual(['ann_tv', 'its_ann', 'ann2026']);
  });
});

describe('a handle', () => {
  it('is taken as people write it', () => {
    expect(bareHandle(' @Ann ')).toBe('Ann');
  });

  it.each([
    ['Ann Öz', 'ann_oz'],
    ['  Zoë & the Band!', 'zoe_the_band'],
    ['王芳', ''],
    ['x'.repeat(50), 'x'.repeat(30)],
  ])('is proposed out of the name %s', (name, handle) => {
    expect(handleFrom(name)).toBe(handle);
  });
});
