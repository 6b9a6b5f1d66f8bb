/**
 * Says that somebody is watching, every `seconds` give or take a tenth, while the picture moves.
 * Players that began together spread out; one that pauses is no longer counted.
 */

export interface HeartbeatPorts {
  send(latencyMs: number | null): Promise<void>;
  /** Runs `work` once after `ms`; the answer calls it off. */
  later(work: () => void, ms: number): () => void;
  now(): number;
  /** 0 to 1. */
  random(): number;
  /** The viewer token is no longer taken. */
  onrefused(): void;
  /** Whether the server answered, and it was no. */
  isRefusal(error: unknown): boolean;
}

const JITTER = 0.1;
const FIRST_WITHIN_MS = 1_500;

export class Heartbeats {
  readonly #ports: HeartbeatPorts;
  readonly #everyMs: number;
  #latency: () => number | null = () => null;
  #cancel: (() => void) | null = null;
  #sentAt: number | null = null;
  #isPlaying = false;
  #isOver = false;

  constructor(seconds: number, ports: HeartbeatPorts) {
    this.#everyMs = seconds * 1000;
    this.#ports = ports;
  }

  /** `latency`: read at each beat, in seconds. */
  play(latency: () => number | null): void {
    this.#latency = latency;
    if (this.#isPlaying || this.#isOver) return;
    this.#isPlaying = true;
    const sinceMs = this.#sentAt === null ? Infinity : this.#ports.now() - this.#sentAt;
    const soonMs = this.#ports.random() * FIRST_WITHIN_MS;
    this.#plan(Math.max(soonMs, this.#everyMs - sinceMs));
  }

  pause(): void {
    this.#isPlaying = false;
    this.#cancel?.();
    this.#cancel = null;
  }

  stop(): void {
    this.#isOver = true;
    this.pause();
  }

  #plan(ms: number): void {
    this.#cancel?.();
    this.#cancel = this.#ports.later(() => void this.#beat(), ms);
  }

  async #beat(): Promise<void> {
    this.#sentAt = this.#ports.now();
    this.#plan(this.#everyMs * (1 - JITTER + 2 * JITTER * this.#ports.random()));
    const latency = this.#latency();
    try {
      await this.#ports.send(latency === null ? null : Math.round(latency * 1000));
    } catch (error) {
      // A beat that is lost is made good by the next; a token that ran out is not.
      if (!this.#isOver && this.#ports.isRefusal(error)) {
        this.stop();
        this.#ports.onrefused();
      }
    }
  }
}
