/**
 * The connection to a room: Amazon's own chat client, loaded when a chat is shown. It asks for
 * a new token by itself when its connection breaks or its session is over.
 */
import type { ChatLogger, ChatRoom } from 'amazon-ivs-chat-messaging';
import type { ChatTicket } from '../api/chat';
import type { Line } from './lines.svelte';
import { refusalOfError, type Refusal } from './refusal';

export interface RoomEvents {
  onopen(): void;
  /** The connection broke; a new one is being made. */
  onreconnecting(): void;
  /** It is over. `server`: we were put out; otherwise it could not be made. */
  onclosed(by: 'server' | 'failure'): void;
  onmessage(line: Line): void;
  onremoved(messageId: string): void;
  onevent(name: string, attributes: Record<string, string> | undefined): void;
}

export interface Room {
  /** Resolves when everybody has been sent the message; throws NotSent. */
  send(content: string): Promise<void>;
  close(): void;
}

export class NotSent extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.kind);
    this.name = 'NotSent';
    this.refusal = refusal;
  }
}

const ANSWER_WITHIN_MS = 10_000;
const ROLES: readonly string[] = ['owner', 'moderator', 'member', 'viewer'];

/** The library tells every message to the console; what matters comes as events. */
const quiet: ChatLogger = { debug: () => undefined, info: () => undefined, error: () => undefined };

/** `first`: a ticket that is at hand; `renew`: asks for another. */
export async function openRoom(
  first: ChatTicket,
  renew: () => Promise<ChatTicket>,
  events: RoomEvents,
): Promise<Room> {
  const { ChatRoom, SendMessageRequest } = await import('amazon-ivs-chat-messaging');
  let atHand: ChatTicket | null = first;
  const room = new ChatRoom({
    regionOrUrl: first.messaging_url,
    tokenProvider: async () => {
      const ticket = atHand ?? (await renew());
      atHand = null;
      // No time of expiry: a token is good for one connection, and the client would take its
      // end for that of the session and connect again every half minute.
      return { token: ticket.token };
    },
  });
  room.logger = quiet;
  room.logLevel = 'error';
  listen(room, events);
  room.connect();
  return {
    send: (content) => sent(room.sendMessage(new SendMessageRequest(content))),
    close: () => room.disconnect(),
  };
}

function listen(room: ChatRoom, events: RoomEvents): void {
  let hasOpened = false;
  room.addListener('connect', () => {
    hasOpened = true;
    events.onopen();
  });
  room.addListener('connecting', () => {
    if (hasOpened) events.onreconnecting();
  });
  room.addListener('disconnect', (reason) => {
    if (reason === 'clientDisconnect') return;
    events.onclosed(reason === 'serverDisconnect' ? 'server' : 'failure');
  });
  room.addListener('message', ({ id, content, sender, sendTime }) => {
    const { handle = '', display_name = '', role = '' } = sender.attributes ?? {};
    events.onmessage({
      id,
      content,
      at: sendTime.toISOString(),
      isRemoved: false,
      sender: {
        id: sender.userId,
        handle,
        display_name: display_name || handle || 'Somebody',
        role: (ROLES.includes(role) ? role : 'member') as Line['sender']['role'],
      },
    });
  });
  room.addListener('messageDelete', ({ messageId }) => events.onremoved(messageId));
  room.addListener('event', ({ eventName, attributes }) => events.onevent(eventName, attributes));
}

/** A connection that breaks in between answers nothing, so there is a limit. */
async function sent(answer: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NotSent({ kind: 'unsent' })), ANSWER_WITHIN_MS);
  });
  try {
    await Promise.race([answer, limit]);
  } catch (error) {
    throw error instanceof NotSent ? error : new NotSent(refusalOfAnswer(error));
  } finally {
    clearTimeout(timer);
  }
}

function refusalOfAnswer(error: unknown): Refusal {
  const { errorCode, errorMessage } = (error ?? {}) as {
    errorCode?: unknown;
    errorMessage?: unknown;
  };
  if (typeof errorCode !== 'number') return { kind: 'unsent' };
  return refusalOfError(errorCode, typeof errorMessage === 'string' ? errorMessage : '');
}
