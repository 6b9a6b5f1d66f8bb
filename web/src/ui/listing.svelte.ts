/**
 * A list that the API gives in pages: the first of them, then more at its end, each item once.
 * What is asked for anew makes answers to older questions worthless; they are dropped.
 */
import type { Page } from '../api/paging';

export class Listing<T> {
  /** Null until the first page is there. */
  items: T[] | null = $state.raw(null);
  /** Where more begins; null where there is no more. */
  cursor: string | null = $state(null);
  /** Why the first page did not come. */
  error: unknown = $state.raw(null);
  /** More than the first page is shown. */
  isLong = $state(false);
  readonly #read: (cursor: string | null) => Promise<Page<T>>;
  readonly #idOf: (item: T) => string;
  #turn = 0;

  constructor(read: (cursor: string | null) => Promise<Page<T>>, idOf: (item: T) => string) {
    this.#read = read;
    this.#idOf = idOf;
  }

  /** The first page, in place of whatever is there when it comes. */
  async load(): Promise<void> {
    this.error = null;
    await this.reload();
  }

  /** The same in the background: an error that is shown stays until there is something better. */
  async reload(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const page = await this.#read(null);
      if (turn !== this.#turn) return;
      this.items = page.items;
      this.cursor = page.next_cursor;
      this.error = null;
      this.isLong = false;
    } catch (error) {
      if (turn === this.#turn) this.error = error;
    }
  }

  /** Rejects where the page does not come; what is there stays. */
  async more(): Promise<void> {
    const turn = this.#turn;
    const page = await this.#read(this.cursor);
    if (turn !== this.#turn) return;
    const before = this.items ?? [];
    const known = new Set(before.map(this.#idOf));
    this.items = [...before, ...page.items.filter((item) => !known.has(this.#idOf(item)))];
    this.cursor = page.next_cursor;
    this.isLong = true;
  }

  /** Puts a new item first, or a changed one where it was. */
  put(item: T): void {
    const id = this.#idOf(item);
    const before = this.items ?? [];
    this.items = before.some((each) => this.#idOf(each) === id)
      ? before.map((each) => (this.#idOf(each) === id ? item : each))
      : [item, ...before];
  }

  remove(id: string): void {
    this.items = this.items?.filter((item) => this.#idOf(item) !== id) ?? null;
  }

  /** Another list will be asked for: nothing of this one stays, nor comes. */
  clear(): void {
    this.#turn += 1;
    this.items = null;
    this.cursor = null;
    this.error = null;
    this.isLong = false;
  }
}
