import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onFragment, takeFragment } from '../../src/account/fragment';

let page: { hash: string; pathname: string; search: string };
let shown: string[];
let listeners: Set<() => void>;

beforeEach(() => {
  page = { hash: '', pathname: '/register', search: '?next=%2Fwatch' };
  shown = [];
  listeners = new Set();
  vi.stubGlobal('location', page);
  vi.stubGlobal('history', {
    replaceState: (_state: unknown, _title: string, url: string) => {
      shown.push(url);
      page.hash = '';
    },
  });
  vi.stubGlobal('addEventListener', (_name: string, work: () => void) => listeners.add(work));
  vi.stubGlobal('removeEventListener', (_name: string, work: () => void) => listeners.delete(work));
});

afterEach(() => vi.unstubAllGlobals());

describe('what a link carries behind its #', () => {
  it('is taken out of the address at once', () => {
    page.hash = '#code=123456';
    expect(takeFragment('code')).toBe('123456');
    expect(shown).toEqual(['/register?next=%2Fwatch']);
    expect(takeFragment('code')).toBeNull();
  });

  it('is left alone when it is something else', () => {
    page.hash = '#main';
    expect(takeFragment('code')).toBeNull();
    expect(shown).toEqual([]);
  });

  it('is taken when such a link is opened in the tab again, until the page is left', () => {
    const taken: string[] = [];
    page.hash = '#code=1';
    const leave = onFragment('code', (value) => taken.push(value));
    page.hash = '#code=2';
    for (const listener of listeners) listener();
    expect(taken).toEqual(['1', '2']);
    leave();
    expect(listeners.size).toBe(0);
  });
});
