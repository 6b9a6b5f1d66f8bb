/**
 * How the API gives long lists: a page at a time, and with each where the next one begins. In a
 * query null asks for the first: the client sends nothing for it.
 */
export interface Page<T> {
  items: T[];
  /** Null with the last page. */
  next_cursor: string | null;
}
