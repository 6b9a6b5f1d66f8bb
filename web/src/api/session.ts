/**
 * Who is signed in on this browser. The access token lives in memory only; the refresh token in
 * local storage, so that a reload keeps the session. A refresh token works once (the server
 * rotates it and takes a second use for theft), so refreshes never overlap: one at a time in
 * this tab, and one at a time between tabs through a lock, each reading the newest token inside.
 */
import { ApiError, NetworkError, SessionEnded } from './problem';

export interface SessionUser {
  id: string;
  handle: string;
  display_name: string;
}

export interface TokenAnswer {
  access_token: string;
  refresh_token: string;
  /** Life of the access token, in seconds. */
  expires_in: number;
  user?: SessionUser;
}

export interface SessionPorts {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Runs the work while no other tab is inside. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Trades a refresh token for new ones. Throws ApiError or NetworkError. */
  trade(refreshToken: string): Promise<TokenAnswer>;
  now(): number;
}

interface Kept {
  refresh_token: string;
  user: SessionUser;
}

export type EndReason = 'logged-out' | 'expired';
type Listener = (user: SessionUser | null, reason: EndReason | null) => void;

const KEY = 'socialflow.session';
/** An access token this close to its end is renewed before it is used. */
const MARGIN_MS = 30_000;

export class Session {
  readonly #ports: SessionPorts;
  readonly #listeners = new Set<Listener>();
  #access: { token: string; expiresAt: number } | null = null;
  #refreshing: Promise<string> | null = null;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  get user(): SessionUser | null {
    return this.#kept()?.user ?? null;
  }

  get refreshToken(): string | null {
    return this.#kept()?.refresh_token ?? null;
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  begin(answer: TokenAnswer & { user: SessionUser }): void {
    this.#take(answer, answer.user);
    this.#tell(null);
  }

  end(reason: EndReason): void {
    const had = this.#kept() !== null || this.#access !== null;
    this.#access = null;
    this.#ports.storage.removeItem(KEY);
    if (had) this.#tell(reason);
  }

  /** Another tab changed the kept session (logged in, out, or rotated the token). */
  changedElsewhere(before: SessionUser | null): void {
    const user = this.user;
    if (user?.id === before?.id) return;
    this.#access = null;
    this.#tell(user ? null : 'logged-out');
  }

  /** A token that is good now, or null when nobody is signed in. Throws as `refresh` does. */
  async accessToken(): Promise<string | null> {
    if (this.#access && this.#access.expiresAt - MARGIN_MS > this.#ports.now()) {
      return this.#access.token;
    }
    return this.#kept() ? this.refresh() : null;
  }

  /**
   * A new access token; calls that overlap share one trade. Throws SessionEnded when the server
   * no longer takes the refresh token, NetworkError when it could not be asked.
   */
  refresh(): Promise<string> {
    this.#refreshing ??= this.#ports
      .exclusively(() => this.#trade())
      .finally(() => {
        this.#refreshing = null;
      });
    return this.#refreshing;
  }

  async #trade(): Promise<string> {
    const kept = this.#kept();
    if (!kept) {
      this.end('expired');
      throw new SessionEnded();
    }
    try {
      const answer = await this.#ports.trade(kept.refresh_token);
      this.#take(answer, answer.user ?? kept.user);
      return answer.access_token;
    } catch (error) {
      if (error instanceof ApiError && !error.isTemporary) {
        this.end('expired');
        throw new SessionEnded();
      }
      throw error instanceof ApiError ? error : new NetworkError(error);
    }
  }

  #take(answer: TokenAnswer, user: SessionUser): void {
    this.#access = {
      token: answer.access_token,
      expiresAt: this.#ports.now() + answer.expires_in * 1000,
    };
    const kept: Kept = {
      refresh_token: answer.refresh_token,
      user: { id: user.id, handle: user.handle, display_name: user.display_name },
    };
    this.#ports.storage.setItem(KEY, JSON.stringify(kept));
  }

  #kept(): Kept | null {
    const stored = this.#ports.storage.getItem(KEY);
    if (!stored) return null;
    try {
      return JSON.parse(stored) as Kept;
    } catch {
      // Not something this page wrote: as good as nothing.
      this.#ports.storage.removeItem(KEY);
      return null;
    }
  }

  #tell(reason: EndReason | null): void {
    const user = this.user;
    for (const listener of this.#listeners) listener(user, reason);
  }
}

export const SESSION_STORAGE_KEY = KEY;
