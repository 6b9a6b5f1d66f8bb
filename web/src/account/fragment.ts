/**
 * What a link carries behind its “#”: it never reaches a server or its logs. It is taken out of
 * the address at once, so that it stays in no history and is not shared along.
 */
export function takeFragment(name: string): string | null {
  const found = new URLSearchParams(location.hash.slice(1)).get(name);
  if (found === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return found;
}

/** The same, now and whenever such a link is opened in this tab again. */
export function onFragment(name: string, work: (value: string) => void): () => void {
  const look = (): void => {
    const value = takeFragment(name);
    if (value !== null) work(value);
  };
  look();
  addEventListener('hashchange', look);
  return () => removeEventListener('hashchange', look);
}
