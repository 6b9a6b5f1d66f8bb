/**
 * The keys of an open menu (WAI-ARIA's menu pattern): arrows go round its items, Escape closes it
 * and nothing else.
 */
export function onMenuKey(
  event: KeyboardEvent & { currentTarget: HTMLElement },
  close: () => void,
): void {
  if (event.key === 'Escape') {
    event.stopPropagation();
    close();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^="menuitem"]')];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
}
