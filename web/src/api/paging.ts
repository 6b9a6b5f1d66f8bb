/** How the API gives long lists: a page at a time, and with each where the next one begins. */

export interface Page<T> {
  items: T[];
  /** Null with the last page. */
  next_cursor: string | null;
}

/** The query for the page at `cursor`, null for the first; without `limit` as long as it comes. */
export function pageAt(cursor: string | null, limit?: number): { cursor?: string; limit?: number } {
  return { ...(limit === undefined ? {} : { limit }), ...(cursor ? { cursor } : {}) };
}
