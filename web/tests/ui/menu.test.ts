import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onMenuKey } from '../../src/ui/menu';

let focused: number;
const items = [0, 1, 2].map((at) => ({ focus: () => (focused = at) }));
const menu = { querySelectorAll: () => items } as unknown as HTMLElement;

beforeEach(() =>
  vi.stubGlobal('document', {
    get activeElement() {
      return items[focused];
    },
  }),
);
afterEach(() => vi.unstubAllGlobals());

function press(key: string) {
  const event = { key, currentTarget: menu, preventDefault: vi.fn(), stopPropagation: vi.fn() };
  const close = vi.fn();
  onMenuKey(event as unknown as Parameters<typeof onMenuKey>[0], close);
  return { event, close };
}

describe('in a menu', () => {
  it.each([
    ['ArrowDown', 0, 1],
    ['ArrowDown', 2, 0],
    ['ArrowUp', 2, 1],
    ['ArrowUp', 0, 2],
  ])('%s goes from item %d to item %d', (key, from, to) => {
    focused = from;
    const { event } = press(key);
    expect(focused).toBe(to);
    expect(event.preventDefault).toHaveBeenCalled();
  });

  it('Escape closes it, and nothing around it', () => {
    const { event, close } = press('Escape');
    expect(close).toHaveBeenCalledOnce();
    expect(event.stopPropagation).toHaveBeenCalled();
  });

  it('other keys are left alone', () => {
    focused = 1;
    const { event, close } = press('Enter');
    expect([focused, close.mock.calls.length, event.preventDefault.mock.calls.length]).toEqual([
      1, 0, 0,
    ]);
  });
});
