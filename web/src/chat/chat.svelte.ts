/**
 * One person's presence in a channel's chat: coming in, staying in through broken connections
 * and new tokens, what is on the screen, and what may be done.
 */
import { ApiError } from '../api/problem';
import type { ChatRole, ChatTicket, Poll, PublicChatSettings } from '../api/chat';
import type { Later } from '../live/later';
import { Lines } from './lines.svelte';
import { mergePoll, pollOfEvent } from './polls';
import { refusalOf, type Refusal } from './refusal';
import { NotSent, type Room, type RoomEvents } from './room';

export type ChatStatus =
  | 'connecting'
  | 'open'
  /** The connection broke; it is being made again. */
  | 'reconnecting'
  /** The channel has no room yet. */
  | 'not-ready'
  | 'banned'
  | 'left';

export interface ChatPorts {
  ask(): Promise<ChatTicket>;
  open(first: ChatTicket, renew: () => Promise<ChatTicket>, events: RoomEvents): Promise<Room>;
  currentPoll(): Promise<Poll>;
  later: Later;
  now(): number;
  random(): number;
}

const POLL_EVENT = 'socialflow:poll';
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
const NOT_READY_RETRY_MS = 3_000;
/** How often somebody who is timed out is looked at again. */
const LIFTED_AFTER_MS = 20_000;
/** After a poll's end its result is asked for, should the event not have come. */
const RESULT_AFTER_MS = 3_000;

export class Chat {
  status: ChatStatus = $state('connecting');
  role: ChatRole = $state('viewer');
  canSend = $state(false);
  /** Why nothing can be written, by the last token. */
  refusal: Refusal | null = $state.raw(null);
  settings: PublicChatSettings | null = $state.raw(null);
  poll: Poll | null = $state.raw(null);
  /** When the next message may be sent (slow mode), in ms since 1970. */
  waitUntil = $state(0);
  readonly lines: Lines;
  readonly isModerator: boolean = $derived(this.role === 'owner' || this.role === 'moderator');

  readonly #ports: ChatPorts;
  #room: Room | null = null;
  #failures = 0;
  #cancels = new Set<() => void>();
  #cancelResult: () => void = () => undefined;
  #generation = 0;

  constructor(ports: ChatPorts) {
    this.#ports = ports;
    this.lines = new Lines(ports.later);
  }

  async enter(): Promise<void> {
    const generation = ++this.#generation;
    this.#cancelAll();
    this.#room?.close();
    this.#room = null;
    if (this.status !== 'reconnecting') this.status = 'connecting';
    try {
      const ticket = await this.#ask();
      if (generation !== this.#generation) return;
      const room = await this.#ports.open(ticket, () => this.#ask(), this.#events(generation));
      if (generation === this.#generation) this.#room = room;
      else room.close();
    } catch (error) {
      if (generation === this.#generation) this.#onRefused(error);
    }
  }

  leave(): void {
    this.#generation += 1;
    this.#cancelAll();
    this.#room?.close();
    this.#room = null;
    this.lines.stop();
    this.status = 'left';
  }

  /** Throws NotSent. */
  async send(content: string): Promise<void> {
    if (!this.#room || this.status !== 'open') throw new NotSent({ kind: 'unsent' });
    try {
      await this.#room.send(content);
      const pause = this.isModerator ? 0 : (this.settings?.slow_mode_seconds ?? 0);
      if (pause > 0) this.waitUntil = this.#ports.now() + pause * 1000;
    } catch (error) {
      if (error instanceof NotSent) this.#learn(error.refusal);
      throw error;
    }
  }

  takePoll(poll: Poll): void {
    this.poll = mergePoll(this.poll, poll);
    if (this.poll.state !== 'open') return;
    const { id, closes_at } = this.poll;
    const endsInMs = Date.parse(closes_at) - this.#ports.now();
    this.#cancelResult();
    this.#cancelResult = this.#ports.later(() => {
      if (this.poll?.id === id && this.poll.state === 'open') void this.#fetchPoll();
    }, endsInMs + RESULT_AFTER_MS);
  }

  /** Reads anew what a follow, a sign-in or a lifted time-out may have changed. */
  refresh(): Promise<void> {
    return this.enter();
  }

  async #ask(): Promise<ChatTicket> {
    const ticket = await this.#ports.ask();
    this.role = ticket.role;
    this.canSend = ticket.can_send;
    this.refusal = ticket.refused_because ? refusalOf(ticket.refused_because) : null;
    this.settings = ticket.settings;
    return ticket;
  }

  /** What a refused message says of the next one. */
  #learn(refusal: Refusal): void {
    if (refusal.kind === 'slow_mode' && refusal.waitSeconds > 0) {
      this.waitUntil = this.#ports.now() + refusal.waitSeconds * 1000;
    }
    if (refusal.kind === 'timed_out' || refusal.kind === 'followers_only') {
      this.refusal = refusal;
      this.canSend = false;
      this.#comeBackAt(refusal);
    }
  }

  #events(generation: number): RoomEvents {
    const current = (): boolean => generation === this.#generation;
    return {
      onopen: () => {
        if (!current()) return;
        this.#failures = 0;
        this.status = 'open';
        void this.#fetchPoll();
        if (this.refusal) this.#comeBackAt(this.refusal);
      },
      onreconnecting: () => {
        if (current()) this.status = 'reconnecting';
      },
      onclosed: (by) => {
        if (!current()) return;
        this.status = 'reconnecting';
        // Put out by a moderator: the next token says why. Otherwise the line is waited for.
        this.#retryIn(by === 'server' ? FIRST_RETRY_MS / 2 : this.#backOffMs());
      },
      onmessage: (line) => this.lines.add(line),
      onremoved: (id) => this.lines.remove(id),
      onevent: (name, attributes) => {
        const poll = name === POLL_EVENT ? pollOfEvent(attributes) : null;
        if (poll && current()) this.takePoll(poll);
      },
    };
  }

  #onRefused(error: unknown): void {
    if (error instanceof ApiError && error.code === 'chat_banned') {
      this.status = 'banned';
      this.canSend = false;
      this.refusal = { kind: 'banned' };
      return;
    }
    if (error instanceof ApiError && error.code === 'chat_not_ready') {
      this.status = 'not-ready';
      this.#retryIn(NOT_READY_RETRY_MS * Math.min(6, 1 + this.#failures++ / 5));
      return;
    }
    this.status = 'reconnecting';
    this.#retryIn(this.#backOffMs());
  }

  /** A time-out ends by itself, or a moderator lifts it; then a token that may write is taken. */
  #comeBackAt(refusal: Refusal): void {
    if (refusal.kind !== 'timed_out') return;
    const until = refusal.until ? Date.parse(refusal.until) : Infinity;
    const endsInMs = Math.max(0, until - this.#ports.now()) + FIRST_RETRY_MS;
    this.#later(() => void this.#lookAgain(), Math.min(endsInMs, LIFTED_AFTER_MS));
  }

  async #lookAgain(): Promise<void> {
    const generation = this.#generation;
    try {
      await this.#ask();
    } catch (error) {
      if (generation === this.#generation) this.#onRefused(error);
      return;
    }
    if (generation !== this.#generation) return;
    if (this.canSend) await this.enter();
    else if (this.refusal) this.#comeBackAt(this.refusal);
  }

  async #fetchPoll(): Promise<void> {
    const generation = this.#generation;
    try {
      const poll = await this.#ports.currentPoll();
      if (generation === this.#generation) this.takePoll(poll);
    } catch (error) {
      const isNone = error instanceof ApiError && error.status === 404;
      // None is open any more: what is known of the last one was its result.
      if (isNone && generation === this.#generation && this.poll?.state === 'open') {
        this.poll = { ...this.poll, state: 'closed' };
      }
    }
  }

  #backOffMs(): number {
    const base = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    return base * (0.5 + this.#ports.random());
  }

  #retryIn(ms: number): void {
    this.#later(() => void this.enter(), ms);
  }

  #later(work: () => void, ms: number): void {
    const cancel = this.#ports.later(() => {
      this.#cancels.delete(cancel);
      work();
    }, ms);
    this.#cancels.add(cancel);
  }

  #cancelAll(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#cancelResult();
  }
}
