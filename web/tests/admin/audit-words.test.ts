import { describe, expect, it } from 'vitest';
import { addressOf, changesIn, filtersIn, toMoment } from '../../src/pages/admin/audit-words';

describe('the filters of the audit log', () => {
  it('stand in the address and come back from it', () => {
    const filters = { actor: 'usr_1', target: '', act: 'role.granted', from: '', to: '' };
    expect(addressOf(filters)).toBe('/admin/audit?actor=usr_1&act=role.granted');
    expect(filtersIn(new URL(addressOf(filters), 'http://x').search)).toEqual(filters);
    expect(addressOf(filtersIn(''))).toBe('/admin/audit');
  });

  it('name moments in UTC', () => {
    expect(toMoment('')).toBe('');
    expect(toMoment('2026-11-21T10:30')).toMatch(/^2026-11-2\dT\d\d:\d0:00\.000Z$/);
  });
});

describe('what an entry changed', () => {
  it('is told name by name', () => {
    expect(changesIn({ handle: 'a', old: 1 }, { handle: 'b', roles: ['admin'] })).toEqual([
      'handle: a → b',
      'old: 1 → —',
      'roles: — → ["admin"]',
    ]);
  });

  it('is nothing where nothing is told', () => {
    expect(changesIn({}, {})).toEqual([]);
    expect(changesIn(null, undefined)).toEqual([]);
  });
});
