import { describe, expect, it } from 'vitest';
import type { LoggedMessage } from '../../src/api/chat';
import { AHEAD_MS, ReplayChat } from '../../src/chat/replay-chat';
import { settled } from '../support/fake-clock';

const message = (offset_ms: number): LoggedMessage => ({
  id: `m${offset_ms}`,
  offset_ms,
  content: `at ${offset_ms}`,
  sender: { id: 'usr_1', handle: 'ann', display_name: 'Ann', role: 'member' },
});

/** A log with a message every `everyMs`, served in pages of `size`. */
function setUp({ everyMs = 1_000, lengthMs = 600_000, size = 20 } = {}) {
  const log = Array.from({ length: Math.floor(lengthMs / everyMs) }, (_, index) =>
    message((index + 1) * everyMs),
  );
  const site = { loads: [] as [number, string | null][], failure: null as Error | null, nowMs: 0, isFresh: false };
  const errors: unknown[] = [];
  let shown: readonly LoggedMessage[] = [];
  let changes = 0;
  const chat = new ReplayChat({
    load: async (fromMs, cursor) => {
      site.loads.push([fromMs, cursor]);
      if (site.failure) throw site.failure;
      const start = cursor === null ? log.findIndex((item) => item.offset_ms >= fromMs) : Number(cursor);
      const from = start < 0 ? log.length : start;
      const next = from + size;
      return {
        items: log.slice(from, next),
        next_cursor: next < log.length ? String(next) : null,
      };
    },
    onshown: (messages) => {
      shown = messages;
      changes += 1;
    },
    onerror: (error) => errors.push(error),
    isFresh: () => site.isFresh,
    now: () => site.nowMs,
  });
  const at = async (positionMs: number) => {
    chat.at(positionMs);
    await settled();
  };
  const offsets = () => shown.map((item) => item.offset_ms);
  return { log, chat, site, errors, at, offsets, changes: () => changes };
}

describe('chat beside a replay', () => {
  it('shows a message when it was written and none before', async () => {
    const { at, offsets } = setUp();
    await at(0);
    expect(offsets()).toEqual([]);
    await at(2_500);
    expect(offsets()).toEqual([1_000, 2_000]);
    await at(3_000);
    expect(offsets()).toEqual([1_000, 2_000, 3_000]);
  });

  it('is loaded ahead of the picture, and no further than that', async () => {
    const { at, site } = setUp();
    await at(0);
    expect(site.loads.length).toBe(Math.ceil(AHEAD_MS / 1_000 / 20));
    const before = site.loads.length;
    await at(1_000);
    expect(site.loads.length).toBe(before);
  });

  it('tells of a change only where there is one', async () => {
    const { at, changes } = setUp({ everyMs: 10_000 });
    await at(0);
    const before = changes();
    for (let position = 250; position < 10_000; position += 250) await at(position);
    expect(changes()).toBe(before);
  });

  it('repeats nothing, page after page', async () => {
    const { at, offsets } = setUp();
    for (let position = 0; position <= 120_000; position += 4_000) await at(position);
    expect(new Set(offsets()).size).toBe(offsets().length);
    expect(offsets()).toEqual([...offsets()].sort((a, b) => a - b));
    expect(offsets().at(-1)).toBe(120_000);
  });

  it('goes back without loading where it can', async () => {
    const { at, offsets, site } = setUp();
    for (let position = 0; position <= 40_000; position += 4_000) await at(position);
    const before = site.loads.length;
    await at(5_000);
    expect(offsets()).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
    expect(site.loads.length).toBe(before);
  });

  it('begins anew after a jump, with what was said shortly before', async () => {
    const { at, offsets, site } = setUp();
    await at(0);
    await at(400_000);
    expect(site.loads).toContainEqual([340_000, null]);
    expect(offsets().at(-1)).toBe(400_000);
    expect(offsets()[0]).toBe(340_000);
    await at(100_000);
    expect(offsets().at(-1)).toBe(100_000);
  });

  it('forgets an answer to a place that was left', async () => {
    const { chat, at, offsets } = setUp();
    chat.at(0);
    await settled();
    chat.at(500_000);
    chat.at(10_000);
    await settled();
    await at(10_000);
    expect(offsets().at(-1)).toBe(10_000);
    expect(offsets().every((offset) => offset <= 10_000)).toBe(true);
  });

  it('tries again some time after a failure, and not at every frame', async () => {
    const { at, site, errors, offsets } = setUp();
    site.failure = new Error('no line');
    for (let position = 0; position < 3_000; position += 250) await at(position);
    expect([site.loads.length, errors.length]).toEqual([1, 1]);
    site.failure = null;
    site.nowMs = 6_000;
    await at(3_000);
    expect(offsets()).toEqual([1_000, 2_000, 3_000]);
  });

  it('keeps a bounded part of a long night', async () => {
    const { at, offsets } = setUp({ everyMs: 20, lengthMs: 200_000, size: 100 });
    for (let position = 0; position <= 180_000; position += 1_000) await at(position);
    expect(offsets().length).toBeLessThanOrEqual(200);
    expect(offsets().at(-1)).toBe(180_000);
    await at(20_000);
    expect(offsets().at(-1)).toBe(20_000);
  });

  it('takes in what is logged after the end, each once and in its place', async () => {
    const { at, log, site, offsets } = setUp({ lengthMs: 4_000 });
    site.isFresh = true;
    await at(60_000);
    log.splice(1, 0, message(1_500));
    log.push(message(5_000));
    site.nowMs = 10_000;
    await at(60_000);
    expect(offsets()).toEqual([1_000, 2_000, 3_000, 4_000]);
    site.nowMs = 20_000;
    await at(60_000);
    expect(offsets()).toEqual([1_000, 1_500, 2_000, 3_000, 4_000, 5_000]);
    expect(site.loads).toHaveLength(2);
  });

  it('asks no more where nothing follows', async () => {
    const { at, site } = setUp({ lengthMs: 10_000 });
    await at(0);
    await at(60_000);
    await at(120_000);
    await at(300_000);
    expect(site.loads).toHaveLength(1);
  });
});
