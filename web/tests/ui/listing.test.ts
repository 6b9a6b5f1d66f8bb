import { describe, expect, it } from 'vitest';
import type { Page } from '../../src/api/paging';
import { Listing } from '../../src/ui/listing.svelte';

interface Item {
  id: string;
  title?: string;
}
type Answer = Page<Item> | Error;

/** A list whose answers come when the test gives them. */
function setUp() {
  const asked: (string | null)[] = [];
  const waiting: ((answer: Answer) => void)[] = [];
  const read = (cursor: string | null): Promise<Page<Item>> => {
    asked.push(cursor);
    return new Promise((resolve, reject) => {
      waiting.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  };
  const list = new Listing(read, (item) => item.id);
  const answer = (at: number, given: Answer): void => waiting[at]?.(given);
  return { list, asked, answer };
}

const page = (ids: string, next: string | null = null): Page<Item> => ({
  items: [...ids].map((id) => ({ id })),
  next_cursor: next,
});
const shown = ({ items }: Listing<Item>) => items?.map((item) => item.id).join('') ?? null;

async function loaded(ids: string, next: string | null = null) {
  const parts = setUp();
  const done = parts.list.load();
  parts.answer(0, page(ids, next));
  await done;
  return parts;
}

describe('a listing', () => {
  it('has nothing before its first page, and that page then', async () => {
    const { list, asked, answer } = setUp();
    expect(list.items).toBeNull();
    const done = list.load();
    answer(0, page('ab', 'next'));
    await done;
    expect([shown(list), list.cursor, list.isLong]).toEqual(['ab', 'next', false]);
    expect(asked).toEqual([null]);
  });

  it('goes on where the page before ended, with each item once', async () => {
    const { list, asked, answer } = await loaded('abc', 'next');
    const done = list.more();
    answer(1, page('cd'));
    await done;
    expect([shown(list), list.cursor, list.isLong]).toEqual(['abcd', null, true]);
    expect(asked).toEqual([null, 'next']);
  });

  it('keeps what is there when more does not come, and says so', async () => {
    const { list, answer } = await loaded('ab', 'next');
    const done = list.more();
    answer(1, new Error('no line'));
    await expect(done).rejects.toThrow('no line');
    expect([shown(list), list.cursor, list.error]).toEqual(['ab', 'next', null]);
  });

  it('says why its first page did not come, until it is asked for again', async () => {
    const { list, answer } = setUp();
    const done = list.load();
    answer(0, new Error('no line'));
    await done;
    expect(list.error).toEqual(new Error('no line'));
    void list.load();
    expect(list.error).toBeNull();
  });

  it('keeps its error and its items while it is read in the background', async () => {
    const { list, answer } = await loaded('ab');
    const refused = list.reload();
    answer(1, new Error('no line'));
    await refused;
    const again = list.reload();
    expect([shown(list), list.error]).toEqual(['ab', new Error('no line')]);
    answer(2, page('c'));
    await again;
    expect([shown(list), list.error]).toEqual(['c', null]);
  });

  it('is its first page again when it is loaded anew', async () => {
    const { list, answer } = await loaded('ab', 'next');
    const more = list.more();
    answer(1, page('cd'));
    await more;
    const done = list.load();
    answer(2, page('xa', 'other'));
    await done;
    expect([shown(list), list.cursor, list.isLong]).toEqual(['xa', 'other', false]);
  });

  it('drops answers to what was asked before', async () => {
    const { list, answer } = setUp();
    const [first, second] = [list.load(), list.load()];
    answer(1, page('new'));
    await second;
    answer(0, page('old'));
    await first;
    expect(shown(list)).toBe('new');
  });

  it('drops an error of what was asked before', async () => {
    const { list, answer } = setUp();
    const [first, second] = [list.load(), list.load()];
    answer(1, page('a'));
    await second;
    answer(0, new Error('no line'));
    await first;
    expect(list.error).toBeNull();
  });

  it('drops more of a list that is another one by now', async () => {
    const { list, answer } = await loaded('ab', 'next');
    const more = list.more();
    list.clear();
    answer(1, page('cd'));
    await more;
    expect([shown(list), list.cursor, list.isLong]).toEqual([null, null, false]);
  });

  it('takes a new item first, a changed one where it was, and lets one go', async () => {
    const { list } = await loaded('ab');
    list.put({ id: 'c' });
    list.put({ id: 'a', title: 'Changed' });
    expect([shown(list), list.items?.[1]?.title]).toEqual(['cab', 'Changed']);
    list.remove('a');
    expect(shown(list)).toBe('cb');
  });
});
