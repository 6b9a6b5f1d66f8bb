import { describe, expect, it } from 'vitest';
import type { ChatTicket, Poll } from '../../src/api/chat';
import { ApiError, NetworkError } from '../../src/api/problem';
import { Chat } from '../../src/chat/chat.svelte';
import { NotSent, type RoomEvents } from '../../src/chat/room';
import { refusalOf } from '../../src/chat/refusal';
import { FakeClock, settled } from '../support/fake-clock';

const ticket = (more: Partial<ChatTicket> = {}): ChatTicket => ({
  token: 'token',
  expires_at: '2026-11-21T15:00:00Z',
  messaging_url: 'ws://chat.test/',
  role: 'member',
  can_send: true,
  refused_because: null,
  settings: { slow_mode_seconds: 0, followers_only_minutes: null, links_allowed: true },
  ...more,
});

const poll: Poll = {
  id: 'pol_1',
  question: 'Tea or coffee?',
  options: [
    { text: 'Tea', votes: 1 },
    { text: 'Coffee', votes: 0 },
  ],
  opened_at: '2026-11-21T12:00:00Z',
  closes_at: '2026-11-21T12:01:00Z',
  state: 'open',
  own_vote: null,
};

function setUp() {
  const clock = new FakeClock();
  const site = {
    answers: [] as (ChatTicket | Error)[],
    always: ticket() as ChatTicket | Error,
    asked: 0,
    rooms: [] as { events: RoomEvents; isClosed: boolean; sent: string[] }[],
    refusal: null as NotSent | null,
    poll: null as Poll | null,
    pollsRead: 0,
  };
  const chat = new Chat({
    ask: async () => {
      site.asked += 1;
      const answer = site.answers.shift() ?? site.always;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    open: async (_first, _renew, events) => {
      const room = { events, isClosed: false, sent: [] as string[] };
      site.rooms.push(room);
      return {
        send: async (content) => {
          if (site.refusal) throw site.refusal;
          room.sent.push(content);
        },
        close: () => (room.isClosed = true),
      };
    },
    currentPoll: async () => {
      site.pollsRead += 1;
      if (!site.poll) throw new ApiError(404, { code: 'poll_not_found' });
      return site.poll;
    },
    later: clock.later,
    now: clock.now,
    random: () => 0.5,
  });
  const enter = async () => {
    await chat.enter();
    site.rooms.at(-1)?.events.onopen();
    await settled();
  };
  return { clock, site, chat, enter };
}

describe('coming in', () => {
  it('opens the room and knows what one may do', async () => {
    const { chat, enter, site } = setUp();
    site.always = ticket({ role: 'moderator' });
    await enter();
    expect([chat.status, chat.canSend, chat.isModerator]).toEqual(['open', true, true]);
  });

  it('waits for a room that is being made', async () => {
    const { clock, chat, site } = setUp();
    site.answers = [new ApiError(409, { code: 'chat_not_ready' })];
    await chat.enter();
    expect([chat.status, site.rooms.length]).toEqual(['not-ready', 0]);
    await clock.advance(4_000);
    expect(site.rooms).toHaveLength(1);
  });

  it('stays outside when banned, and does not knock again', async () => {
    const { clock, chat, site } = setUp();
    site.always = new ApiError(403, { code: 'chat_banned' });
    await chat.enter();
    await clock.advance(600_000);
    expect([chat.status, chat.refusal?.kind, site.asked]).toEqual(['banned', 'banned', 1]);
  });

  it('tries again and again without a line, more and more slowly', async () => {
    const { clock, chat, site } = setUp();
    site.always = new NetworkError('no line');
    await chat.enter();
    await clock.advance(10_000);
    const soon = site.asked;
    await clock.advance(60_000);
    expect(soon).toBeGreaterThan(2);
    expect(site.asked - soon).toBeLessThan(6);
    site.always = ticket();
    await clock.advance(60_000);
    expect(site.rooms).toHaveLength(1);
  });

  it('leaves nothing behind', async () => {
    const { clock, chat, enter, site } = setUp();
    site.poll = poll;
    await enter();
    chat.leave();
    expect([site.rooms[0]?.isClosed, clock.planned]).toEqual([true, 0]);
  });
});

describe('being put out', () => {
  it('brings a new token, which says why', async () => {
    const { clock, chat, enter, site } = setUp();
    await enter();
    site.always = ticket({
      can_send: false,
      refused_because: 'timed_out until=2026-11-21T12:01:00Z',
    });
    site.rooms[0]?.events.onclosed('server');
    await clock.advance(1_000);
    site.rooms[1]?.events.onopen();
    expect([chat.status, chat.canSend, chat.refusal?.kind]).toEqual(['open', false, 'timed_out']);
  });

  it('for a while ends by itself', async () => {
    const { clock, chat, enter, site } = setUp();
    site.always = ticket({
      can_send: false,
      refused_because: 'timed_out until=2026-11-21T12:01:00Z',
    });
    await enter();
    await clock.advance(55_000);
    expect(chat.refusal).not.toBeNull();
    site.always = ticket();
    await clock.advance(10_000);
    site.rooms.at(-1)?.events.onopen();
    expect([chat.canSend, chat.refusal]).toEqual([true, null]);
  });

  it('for a while ends sooner when a moderator lifts it', async () => {
    const { clock, chat, enter, site } = setUp();
    site.always = ticket({
      can_send: false,
      refused_because: 'timed_out until=2026-11-21T13:00:00Z',
    });
    await enter();
    site.always = ticket();
    await clock.advance(25_000);
    expect([chat.canSend, chat.refusal]).toEqual([true, null]);
  });

  it('for good is the end', async () => {
    const { clock, chat, enter, site } = setUp();
    await enter();
    site.always = new ApiError(403, { code: 'chat_banned' });
    site.rooms[0]?.events.onclosed('server');
    await clock.advance(60_000);
    expect([chat.status, site.asked]).toEqual(['banned', 2]);
  });

  it('of an old room’s late word says nothing about the new one', async () => {
    const { chat, enter, site } = setUp();
    await enter();
    await enter();
    site.rooms[0]?.events.onclosed('server');
    expect(chat.status).toBe('open');
  });
});

describe('writing', () => {
  it('goes to the room', async () => {
    const { chat, enter, site } = setUp();
    await enter();
    await chat.send('hello');
    expect(site.rooms[0]?.sent).toEqual(['hello']);
  });

  it('needs a connection', async () => {
    const { chat } = setUp();
    await expect(chat.send('hello')).rejects.toBeInstanceOf(NotSent);
  });

  it('starts the wait of slow mode, for members only', async () => {
    const { clock, chat, enter, site } = setUp();
    const slow = { slow_mode_seconds: 10, followers_only_minutes: null, links_allowed: true };
    site.always = ticket({ settings: slow });
    await enter();
    await chat.send('hello');
    expect(chat.waitUntil).toBe(clock.nowMs + 10_000);
    site.always = ticket({ settings: slow, role: 'moderator' });
    chat.waitUntil = 0;
    await enter();
    await chat.send('hello');
    expect(chat.waitUntil).toBe(0);
  });

  it('that is refused teaches when to try again', async () => {
    const { clock, chat, enter, site } = setUp();
    await enter();
    site.refusal = new NotSent(refusalOf('slow_mode wait_seconds=7'));
    await expect(chat.send('again')).rejects.toBe(site.refusal);
    expect(chat.waitUntil).toBe(clock.nowMs + 7_000);
    expect(chat.canSend).toBe(true);
  });

  it('that is refused for a time-out ends writing until it is over', async () => {
    const { clock, chat, enter, site } = setUp();
    await enter();
    site.refusal = new NotSent(refusalOf('timed_out until=2026-11-21T12:00:30Z'));
    await expect(chat.send('again')).rejects.toBe(site.refusal);
    expect([chat.canSend, chat.refusal?.kind]).toEqual([false, 'timed_out']);
    await clock.advance(32_000);
    expect([chat.canSend, chat.refusal]).toEqual([true, null]);
  });
});

describe('what the room tells', () => {
  it('is shown: messages, and that one was removed', async () => {
    const { clock, chat, enter, site } = setUp();
    await enter();
    const sender = { id: 'usr_1', handle: 'ann', display_name: 'Ann', role: 'member' as const };
    const line = { id: 'm1', content: '<b>hi</b>', at: null, isRemoved: false, sender };
    site.rooms[0]?.events.onmessage(line);
    await clock.advance(100);
    expect(chat.lines.shown[0]?.content).toBe('<b>hi</b>');
    site.rooms[0]?.events.onremoved('m1');
    expect(chat.lines.shown[0]?.isRemoved).toBe(true);
  });

  it('of a poll is taken over; other events are not ours', async () => {
    const { chat, enter, site } = setUp();
    await enter();
    site.rooms[0]?.events.onevent('somebody:else', { poll: JSON.stringify(poll) });
    expect(chat.poll).toBeNull();
    site.rooms[0]?.events.onevent('socialflow:poll', { poll: JSON.stringify(poll) });
    expect(chat.poll?.question).toBe('Tea or coffee?');
  });
});

describe('a poll', () => {
  it('that is open is there for who comes later', async () => {
    const { chat, enter, site } = setUp();
    site.poll = { ...poll, own_vote: 1 };
    await enter();
    expect(chat.poll?.own_vote).toBe(1);
  });

  it('whose end was never told is asked for once, however often it was told of', async () => {
    const { clock, chat, enter, site } = setUp();
    await enter();
    for (let index = 0; index < 30; index += 1) {
      site.rooms[0]?.events.onevent('socialflow:poll', { poll: JSON.stringify(poll) });
    }
    const before = site.pollsRead;
    await clock.advance(70_000);
    expect(site.pollsRead - before).toBe(1);
    expect(chat.poll?.state).toBe('closed');
  });
});
