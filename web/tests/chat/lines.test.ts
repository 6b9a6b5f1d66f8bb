import { describe, expect, it } from 'vitest';
import { KEPT_LINES, Lines, type Line } from '../../src/chat/lines.svelte';
import { FakeClock } from '../support/fake-clock';

const line = (id: string, content = `message ${id}`): Line => ({
  id,
  content,
  at: '2026-11-21T12:00:00Z',
  isRemoved: false,
  sender: { id: 'usr_1', handle: 'ann', display_name: 'Ann', role: 'member' },
});

function setUp() {
  const clock = new FakeClock();
  return { clock, lines: new Lines(clock.later) };
}

describe('messages', () => {
  it('that arrive together are taken in together, in order', async () => {
    const { clock, lines } = setUp();
    const seen: unknown[] = [];
    for (let index = 0; index < 20; index += 1) lines.add(line(String(index)));
    seen.push(lines.shown.length);
    await clock.advance(200);
    expect(seen).toEqual([0]);
    expect(lines.shown.map(({ id }) => Number(id))).toEqual([...Array(20).keys()]);
    expect(lines.arrived).toBe(20);
  });

  it('that come twice are shown once', async () => {
    const { clock, lines } = setUp();
    lines.add(line('a'));
    lines.add(line('a'));
    await clock.advance(200);
    lines.add(line('a'));
    await clock.advance(200);
    expect(lines.shown).toHaveLength(1);
  });

  it('stay bounded, the newest are kept', async () => {
    const { clock, lines } = setUp();
    for (let index = 0; index < 3 * KEPT_LINES; index += 1) {
      lines.add(line(String(index)));
      if (index % 20 === 0) await clock.advance(100);
    }
    await clock.advance(200);
    expect(lines.shown).toHaveLength(KEPT_LINES);
    expect(lines.shown.at(-1)?.id).toBe(String(3 * KEPT_LINES - 1));
  });

  it('stay bounded while a page in the background takes nothing in', async () => {
    const { clock, lines } = setUp();
    for (let index = 0; index < 5 * KEPT_LINES; index += 1) lines.add(line(String(index)));
    await clock.advance(200);
    expect(lines.shown).toHaveLength(KEPT_LINES);
    expect(lines.shown.at(-1)?.id).toBe(String(5 * KEPT_LINES - 1));
  });
});

describe('a removed message', () => {
  it('keeps its place and loses its words', async () => {
    const { clock, lines } = setUp();
    for (const id of ['a', 'b', 'c']) lines.add(line(id));
    await clock.advance(200);
    lines.remove('b');
    expect(lines.shown.map(({ id, content, isRemoved }) => [id, content, isRemoved])).toEqual([
      ['a', 'message a', false],
      ['b', '', true],
      ['c', 'message c', false],
    ]);
  });

  it('is removed too when the news of it came first', async () => {
    const { clock, lines } = setUp();
    lines.remove('a');
    lines.add(line('a'));
    await clock.advance(200);
    expect(lines.shown[0]).toMatchObject({ content: '', isRemoved: true });
  });
});
