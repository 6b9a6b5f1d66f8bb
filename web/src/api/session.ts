/**
 * Who is signed in on this browser. The access token lives in this page's memory only; the refresh
 * token in a cookie that no script can read. Local storage has who it is and no secret, so that a
 * reload shows them at once and other tabs hear of it. A refresh token works once (the server
 * rotates it and takes a second use for theft), so whatever answers with the cookie never overlaps:
 * one at a time in this tab, and one at a time between tabs through a lock.
 */
import { ApiError, NetworkError, SessionEnded } from './problem';

export interface SessionUser {
  id: string;
  handle: string;
  display_name: string;
  avatar_url: string | null;
  /** What to show, and no more: the server decides about every act anew. */
  roles: readonly string[];
  /** When the account is going to be deleted, once its owner asked for that. */
  delete_after: string | null;
}

/** What the API says of the signed-in person; more than is kept. */
export type KnownUser = Pick<SessionUser, 'id' | 'handle' | 'display_name'> & Partial<SessionUser>;

export interface TokenAnswer {
  access_token: string;
  /** Life of the access token, in seconds. */
  expires_in: number;
  user: KnownUser;
}

export interface SessionPorts {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Runs the work while no other tab is inside. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** Trades the cookie's refresh token for new ones. Throws ApiError or NetworkError. */
  trade(): Promise<TokenAnswer>;
  now(): number;
}

export type EndReason = 'logged-out' | 'expired';
type Listener = (user: SessionUser | null, reason: EndReason | null) => void;

const KEY = 'socialflow.session';
/** An access token this close to its end is renewed before it is used. */
const MARGIN_MS = 30_000;

export class Session {
  readonly #ports: SessionPorts;
  readonly #listeners = new Set<Listener>();
  #access: { token: string; expiresAt: number; userId: string } | null = null;
  #refreshing: Promise<string> | null = null;

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  get user(): SessionUser | null {
    const stored = this.#ports.storage.getItem(KEY);
    if (!stored) return null;
    try {
      return known((JSON.parse(stored) as { user: KnownUser }).user);
    } catch {
      // Not something this page wrote: as good as nothing.
      this.#ports.storage.removeItem(KEY);
      return null;
    }
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * A way to sign in: `ask` gets an answer of the server that may come with the cookie, while no
   * refresh is under way in any tab; `tokens` finds the tokens in it, or null when there is
   * another step to take.
   */
  async begin<T>(ask: () => Promise<T>, tokens: (answer: T) => TokenAnswer | null): Promise<T> {
    return this.#ports.exclusively(async () => {
      const answer = await ask();
      const found = tokens(answer);
      if (found) {
        this.#take(found);
        this.#tell(null);
      }
      return answer;
    });
  }

  end(reason: EndReason): void {
    const had = this.user !== null || this.#access !== null;
    this.#access = null;
    this.#ports.storage.removeItem(KEY);
    if (had) this.#tell(reason);
  }

  /** The person changed what is kept of them here (name, picture, handle). */
  update(user: KnownUser): void {
    if (this.user?.id !== user.id) return;
    if (this.#keep(user)) this.#tell(null);
  }

  /** Another tab changed the kept session (signed in, out, or edited the profile). */
  changedElsewhere(before: SessionUser | null): void {
    const user = this.user;
    if (user?.id !== before?.id) this.#access = null;
    if (JSON.stringify(user) !== JSON.stringify(before)) this.#tell(user ? null : 'logged-out');
  }

  /** A token that is good now, or null when nobody is signed in. Throws as `refresh` does. */
  async accessToken(): Promise<string | null> {
    const user = this.user;
    if (!user) return null;
    const access = this.#access;
    const isGood = access?.userId === user.id && access.expiresAt - MARGIN_MS > this.#ports.now();
    return isGood ? access.token : this.refresh();
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
    if (!this.user) {
      this.end('expired');
      throw new SessionEnded();
    }
    let answer: TokenAnswer;
    try {
      answer = await this.#ports.trade();
    } catch (error) {
      if (error instanceof ApiError && !error.isTemporary) {
        this.end('expired');
        throw new SessionEnded();
      }
      throw error instanceof ApiError ? error : new NetworkError(error);
    }
    // Logged out in another tab meanwhile: that is the last word.
    if (!this.user) throw new SessionEnded();
    if (this.#take(answer)) this.#tell(null);
    return answer.access_token;
  }

  /** Whether who it is, or what is known of them, is now another. */
  #take(answer: TokenAnswer): boolean {
    this.#access = {
      token: answer.access_token,
      expiresAt: this.#ports.now() + answer.expires_in * 1000,
      userId: answer.user.id,
    };
    return this.#keep(answer.user);
  }

  #keep(user: KnownUser): boolean {
    const record = JSON.stringify({ user: known(user) });
    if (this.#ports.storage.getItem(KEY) === record) return false;
    this.#ports.storage.setItem(KEY, record);
    return true;
  }

  #tell(reason: EndReason | null): void {
    const user = this.user;
    for (const listener of this.#listeners) listener(user, reason);
  }
}

/** Only what is meant to be kept, whatever else came with it. */
function known(user: KnownUser): SessionUser {
  return {
    id: user.id,
    handle: user.handle,
    display_name: user.display_name,
    avatar_url: user.avatar_url ?? null,
    roles: user.roles ?? [],
    delete_after: user.delete_after ?? null,
  };
}

export const SESSION_STORAGE_KEY = KEY;
