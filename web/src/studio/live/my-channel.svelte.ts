/** The person's own channel as the server has it, asked for again while anything is on its way. */
import { getChannel, openChannel, type Broadcast, type Channel } from '../../api/live';
import { ApiError } from '../../api/problem';

export class MyChannel {
  channel: Channel | null = $state.raw(null);
  isLoading = $state(true);
  error: unknown = $state.raw(null);
  /** The broadcast that ended last while this page was open. */
  ended: Broadcast | null = $state.raw(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWatching = false;

  watch(): () => void {
    this.#isWatching = true;
    void this.refresh();
    return () => {
      this.#isWatching = false;
      clearTimeout(this.#timer);
    };
  }

  /** Makes the channel. Throws what the API answers. */
  async open(): Promise<void> {
    this.#take(await openChannel());
    this.#plan();
  }

  put(channel: Channel): void {
    this.#take(channel);
    this.#plan();
  }

  putBroadcast(broadcast: Broadcast): void {
    if (!this.channel) return;
    const isOver = broadcast.state === 'ended' || broadcast.state === 'scheduled';
    this.put({ ...this.channel, current_broadcast: isOver ? null : broadcast });
  }

  async refresh(): Promise<void> {
    try {
      this.#take(await getChannel());
      this.error = null;
    } catch (error) {
      const isNone = error instanceof ApiError && error.status === 404;
      if (isNone) this.channel = null;
      this.error = isNone ? null : error;
    } finally {
      this.isLoading = false;
      this.#plan();
    }
  }

  #take(channel: Channel): void {
    const before = this.channel?.current_broadcast;
    if (before && before.id !== channel.current_broadcast?.id && before.state !== 'starting') {
      this.ended = before;
    }
    if (channel.current_broadcast) this.ended = null;
    this.channel = channel;
    this.isLoading = false;
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#isWatching) {
      this.#timer = setTimeout(() => void this.refresh(), afterMs(this.channel));
    }
  }
}

/** Often while something is about to change, and hardly where nothing is. */
export function afterMs(channel: Channel | null): number {
  if (!channel) return 15_000;
  if (channel.state === 'requested' || channel.stream_key_state === 'rotating') return 1_000;
  switch (channel.current_broadcast?.state) {
    case 'starting':
    case 'ending':
      return 1_500;
    case 'live':
      return 4_000;
    default:
      // An encoder may begin without a word said here.
      return 5_000;
  }
}
