import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/upload/pace';

describe('parts on the way at once', () => {
  it('are two at first', () => {
    expect(new Pace().limit).toBe(2);
  });

  it('become four on a quick line, and no more', () => {
    const pace = new Pace();
    for (let part = 0; part < 5; part += 1) pace.note(400);
    expect(pace.limit).toBe(4);
  });

  it('become one on a slow line, and never none', () => {
    const pace = new Pace();
    for (let part = 0; part < 5; part += 1) pace.note(60_000);
    expect(pace.limit).toBe(1);
  });

  it('stay as they are in between', () => {
    const pace = new Pace();
    pace.note(10_000);
    expect(pace.limit).toBe(2);
  });
});
