import { describe, expect, it } from 'vitest';
import { changes, conflicts } from '../../src/studio/edit-merge';

const base = { title: 'A', description: '', tags: ['x'], visibility: 'public' as const };

describe('an edit', () => {
  it('sends only the fields that were touched', () => {
    expect(changes(base, { ...base, title: 'B', tags: ['x', 'y'] })).toEqual({
      title: 'B',
      tags: ['x', 'y'],
    });
    expect(changes(base, { ...base, tags: ['x'] })).toEqual({});
  });

  it('does not conflict with changes to other fields', () => {
    const mine = { ...base, title: 'B' };
    expect(conflicts(base, mine, { ...base, visibility: 'private' })).toEqual([]);
  });

  it('conflicts where both changed a field differently', () => {
    const mine = { ...base, title: 'B', tags: ['y'] };
    const theirs = { ...base, title: 'C', tags: ['y'] };
    expect(conflicts(base, mine, theirs)).toEqual(['title']);
  });
});
