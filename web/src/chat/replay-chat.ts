/**
 * What was written during a replay, shown when it was written. Loads ahead of the picture, in
 * order and each message once; a seek that leaves what is loaded begins anew around its target.
 */
import type { LoggedMessage } from '../api/chat';
import type { Page } from '../api/paging';

/** Loaded this far before the picture gets there. */
export const AHEAD_MS = 30_000;
/** After a seek, what was said shortly before is shown too. */
export const BACKLOG_MS = 60_000;
/** A picture so far beyond what is loaded was sought; nearer, loading on catches up. */
const JUMP_MS = 2 * BACKLOG_MS;
const SHOWN = 200;
const KEPT = 2_000;
const RETRY_MS = 5_000;
/** The log of a stream that just ended is still being written; its end is read again. */
const REREAD_MS = 15_000;
const REREAD_BACK_MS = 60_000;

export interface ReplayChatPorts {
  load(fromMs: number, cursor: string | null): Promise<Page<LoggedMessage>>;
  /** What is to be shown now, oldest first. */
  onshown(messages: readonly LoggedMessage[]): void;
  onerror(error: unknown): void;
  /** The stream ended so recently that not all of its messages may be there. */
  isFresh(): boolean;
  now(): number;
}

export class ReplayChat {
  readonly #ports: ReplayChatPorts;
  #loaded: LoggedMessage[] = [];
  #ids = new Set<string>();
  /** Everything between these two is loaded. */
  #from = 0;
  #until = 0;
  #cursor: string | null = null;
  #hasBegun = false;
  #isLoading = false;
  #retryAt = 0;
  #rereadAt = Infinity;
  #generation = 0;
  #positionMs = 0;
  #shownTo = -1;

  constructor(ports: ReplayChatPorts) {
    this.#ports = ports;
  }

  /** The picture is at `positionMs` of the replay. Called as often as the picture moves. */
  at(positionMs: number): void {
    this.#positionMs = positionMs;
    if (!this.#hasBegun || positionMs < this.#from || this.#isFarAhead()) this.#beginAt(positionMs);
    this.#show();
    this.#loadMore();
  }

  #isFarAhead(): boolean {
    return !this.#isLoading && this.#positionMs > this.#until + JUMP_MS;
  }

  #beginAt(positionMs: number): void {
    this.#generation += 1;
    this.#hasBegun = true;
    this.#isLoading = false;
    this.#retryAt = 0;
    this.#rereadAt = Infinity;
    this.#from = Math.max(0, Math.floor(positionMs) - BACKLOG_MS);
    this.#until = this.#from;
    this.#cursor = null;
    this.#loaded = [];
    this.#ids = new Set();
    this.#shownTo = -1;
  }

  #show(): void {
    const to = this.#countUntil(this.#positionMs);
    if (to === this.#shownTo) return;
    this.#shownTo = to;
    this.#ports.onshown(this.#loaded.slice(Math.max(0, to - SHOWN), to));
  }

  /** How many messages were written by then. */
  #countUntil(positionMs: number): number {
    let [low, high] = [0, this.#loaded.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#loaded[middle]?.offset_ms ?? Infinity) <= positionMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #loadMore(): void {
    const isNeeded = this.#until < this.#positionMs + AHEAD_MS;
    if (this.#isLoading || this.#ports.now() < this.#retryAt) return;
    if (isNeeded) void this.#load(this.#from);
    else if (this.#ports.now() >= this.#rereadAt) {
      this.#rereadAt = Infinity;
      void this.#load(Math.max(this.#from, (this.#loaded.at(-1)?.offset_ms ?? 0) - REREAD_BACK_MS));
    }
  }

  async #load(fromMs: number): Promise<void> {
    const generation = this.#generation;
    this.#isLoading = true;
    try {
      const page = await this.#ports.load(fromMs, this.#cursor);
      if (generation !== this.#generation) return;
      this.#take(page);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#retryAt = this.#ports.now() + RETRY_MS;
      this.#ports.onerror(error);
      return;
    } finally {
      if (generation === this.#generation) this.#isLoading = false;
    }
    this.#show();
    this.#loadMore();
  }

  #take(page: Page<LoggedMessage>): void {
    for (const message of page.items) {
      if (this.#ids.has(message.id)) continue;
      this.#ids.add(message.id);
      this.#loaded.splice(this.#countUntil(message.offset_ms), 0, message);
    }
    this.#cursor = page.next_cursor;
    const last = page.items.at(-1)?.offset_ms ?? this.#until;
    this.#until = page.next_cursor ? Math.max(this.#until, last) : Infinity;
    if (!page.next_cursor && this.#ports.isFresh()) this.#rereadAt = this.#ports.now() + REREAD_MS;
    this.#forget();
    this.#shownTo = -1;
  }

  /** Long replays do not stay in memory whole; going back loads again. */
  #forget(): void {
    const behind = this.#countUntil(this.#positionMs) - SHOWN;
    const surplus = Math.min(this.#loaded.length - KEPT, behind);
    if (surplus <= 0) return;
    for (const gone of this.#loaded.splice(0, surplus)) this.#ids.delete(gone.id);
    this.#from = this.#loaded[0]?.offset_ms ?? this.#from;
  }
}
