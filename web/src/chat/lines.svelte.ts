/**
 * The messages on the screen. They arrive in bursts and are taken in together, so that a busy
 * room costs one update of the page every now and then; old ones go away at the top.
 */
import type { ChatRole } from '../api/chat';
import type { Later } from '../live/later';

export interface Line {
  id: string;
  sender: { id: string; handle: string; display_name: string; role: ChatRole };
  content: string;
  /** RFC 3339, or null where it stands beside a replay. */
  at: string | null;
  isRemoved: boolean;
}

export const KEPT_LINES = 300;
const TOGETHER_MS = 80;

export class Lines {
  shown: Line[] = $state.raw([]);
  /** Lines taken in so far; tells a reader further up that there are new ones. */
  arrived = $state(0);
  readonly #later: Later;
  #waiting: Line[] = [];
  /** Removed before they were here: events may overtake each other. */
  #removed = new Set<string>();
  #cancel: (() => void) | null = null;

  constructor(later: Later) {
    this.#later = later;
  }

  add(line: Line): void {
    this.#waiting.push(line);
    // A page in the background takes nothing in for a long time; the newest are enough.
    if (this.#waiting.length > KEPT_LINES) this.#waiting.shift();
    this.#cancel ??= this.#later(() => this.#takeIn(), TOGETHER_MS);
  }

  remove(id: string): void {
    this.#removed.add(id);
    if (this.#removed.size > KEPT_LINES) {
      for (const oldest of this.#removed) {
        this.#removed.delete(oldest);
        break;
      }
    }
    if (this.shown.some((line) => line.id === id)) this.shown = this.shown.map(this.#withoutRemoved);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #takeIn(): void {
    this.#cancel = null;
    const known = new Set(this.shown.map((line) => line.id));
    const fresh = this.#waiting.filter((line) => !known.has(line.id) && known.add(line.id));
    this.#waiting = [];
    if (fresh.length === 0) return;
    this.shown = [...this.shown, ...fresh.map(this.#withoutRemoved)].slice(-KEPT_LINES);
    this.arrived += fresh.length;
  }

  readonly #withoutRemoved = (line: Line): Line =>
    this.#removed.has(line.id) && !line.isRemoved
      ? { ...line, content: '', isRemoved: true }
      : line;
}
