/**
 * A live page from the outside in: asks what the channel does, gets a ticket to play while it is
 * live, says that somebody watches, waits through interruptions and notices the end.
 */
import type { Broadcast, LiveState, PlaybackTicket } from '../api/live';
import { ApiError } from '../api/problem';
import type { Person } from '../api/social';
import { Heartbeats } from './heartbeats';
import type { Later } from './later';
import { pollAfterMs, situationOf, type Phase } from './phase';

export interface WatchPorts {
  read(): Promise<LiveState>;
  readBroadcast(id: string): Promise<Broadcast>;
  /** `viewerToken`: the one that this player had before. */
  ask(broadcastId: string, viewerToken: string | null): Promise<PlaybackTicket>;
  beat(broadcastId: string, viewerToken: string, latencyMs: number | null): Promise<void>;
  later: Later;
  now(): number;
  random(): number;
  isHidden(): boolean;
}

const FAILED_RETRY_MS = 4_000;

export class LiveWatch {
  phase: Phase | null = $state(null);
  owner: Person | null = $state.raw(null);
  broadcast: Broadcast | null = $state.raw(null);
  upcoming: Broadcast[] = $state.raw([]);
  ticket: PlaybackTicket | null = $state.raw(null);
  /** Shown only while nothing else can be. */
  error: unknown = $state.raw(null);

  readonly #ports: WatchPorts;
  #cancel: () => void = () => undefined;
  #heartbeats: Heartbeats | null = null;
  #latency: (() => number | null) | null = null;
  #isStopped = false;
  /** Keeps one viewer one viewer, through interruptions and renewals. */
  #former: { of: string; token: string } | null = null;
  #asking: Promise<void> | null = null;

  constructor(ports: WatchPorts) {
    this.#ports = ports;
  }

  start(): () => void {
    this.#isStopped = false;
    void this.#round();
    return () => {
      this.#isStopped = true;
      this.#cancel();
      this.#heartbeats?.stop();
    };
  }

  /** The picture moves (`latency`: seconds, read at each heartbeat), or null: it does not. */
  playing(latency: (() => number | null) | null): void {
    this.#latency = latency;
    if (latency) this.#heartbeats?.play(latency);
    else this.#heartbeats?.pause();
  }

  /** The player is in trouble: what is true now, and a new ticket where there is one. */
  async renew(): Promise<void> {
    await this.#look();
    if (this.phase === 'live') await this.#getTicket();
  }

  /** Asks at once. */
  async look(): Promise<void> {
    this.#cancel();
    await this.#round();
  }

  async #round(): Promise<void> {
    let afterMs = FAILED_RETRY_MS;
    try {
      await this.#look();
      this.error = null;
      afterMs = this.phase ? pollAfterMs(this.phase, this.broadcast) : FAILED_RETRY_MS;
    } catch (error) {
      this.error = error;
      if (error instanceof ApiError && !error.isTemporary) afterMs *= 4;
    }
    if (this.#isStopped) return;
    const rest = this.#ports.isHidden() && this.phase !== 'live' ? 3 : 1;
    this.#cancel();
    this.#cancel = this.#ports.later(
      () => void this.#round(),
      afterMs * rest * (0.85 + 0.3 * this.#ports.random()),
    );
  }

  async #look(): Promise<void> {
    const state = await this.#ports.read();
    if (this.#isStopped) return;
    const found = situationOf(state, this.broadcast);
    let { broadcast } = found;
    if (found.phase === 'ended' && broadcast && !state.broadcast) {
      broadcast = await this.#lastOf(broadcast);
    }
    if (this.#isStopped) return;
    const isAnother = broadcast?.id !== this.broadcast?.id;
    this.owner = state.owner;
    this.upcoming = state.upcoming;
    this.broadcast = broadcast;
    const wasLive = this.phase === 'live';
    this.phase = found.phase;
    if (found.phase !== 'live') this.#dropTicket();
    else if (!wasLive || isAnother || !this.ticket) await this.#getTicket();
  }

  /** Whether there is a replay by now. Who may no longer see the broadcast keeps what was. */
  async #lastOf(broadcast: Broadcast): Promise<Broadcast> {
    try {
      return await this.#ports.readBroadcast(broadcast.id);
    } catch (error) {
      if (error instanceof ApiError && !error.isTemporary) return { ...broadcast, state: 'ended' };
      throw error;
    }
  }

  #dropTicket(): void {
    this.ticket = null;
    this.#heartbeats?.stop();
    this.#heartbeats = null;
  }

  /** `url`: what plays already and is to go on. */
  #getTicket(url?: string): Promise<void> {
    this.#asking ??= this.#askForTicket(url).finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #askForTicket(url: string | undefined): Promise<void> {
    const id = this.broadcast?.id;
    if (!id) return;
    let ticket: PlaybackTicket;
    try {
      ticket = await this.#ports.ask(id, this.#former?.of === id ? this.#former.token : null);
    } catch (error) {
      // Just interrupted or over: the next look says which.
      if (error instanceof ApiError && error.code === 'broadcast_not_live') return;
      throw error;
    }
    if (this.#isStopped) return;
    this.#former = { of: id, token: ticket.viewer_token };
    this.ticket = url ? { ...ticket, url } : ticket;
    this.#heartbeats?.stop();
    this.#heartbeats = new Heartbeats(ticket.heartbeat_seconds, {
      send: (latencyMs) => this.#ports.beat(id, ticket.viewer_token, latencyMs),
      later: this.#ports.later,
      now: this.#ports.now,
      random: this.#ports.random,
      isRefusal: (error) => error instanceof ApiError && !error.isTemporary,
      onrefused: () => void this.#renewBeats(),
    });
    if (this.#latency) this.#heartbeats.play(this.#latency);
  }

  /** The viewer token ran out. Only the count of viewers minds; the picture goes on. */
  async #renewBeats(): Promise<void> {
    const url = this.ticket?.url;
    if (!url) return;
    try {
      await this.#getTicket(url);
    } catch (error) {
      // Without a line there are other signs of it, and the next ticket mends this too.
      this.error = error;
    }
  }
}
