import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeyAction } from '../../src/player/keys';
import { Playback } from '../../src/player/playback.svelte';
import { Stage } from '../../src/player/stage.svelte';

const KEPT = 'socialflow.volume';
let kept: Map<string, string>;
let isPaused: boolean;
let toggles: number;
let skipped: number[];

function setUp(isAside = false): Stage {
  const owner = {
    isPaused: () => isPaused,
    toggle: () => (toggles += 1),
    skip: (seconds: number) => skipped.push(seconds),
    perform: (action: KeyAction) => (action.do === 'start' ? 'From the beginning' : null),
  };
  const stage = new Stage(new Playback(() => Promise.resolve()), owner, isAside);
  cleanUp.push(() => stage.destroy());
  return stage;
}

const cleanUp: (() => void)[] = [];
const click = (pointerType: string) => ({ pointerType }) as PointerEvent;

function key(name: string, more = {}) {
  const event = { key: name, ctrlKey: false, metaKey: false, altKey: false, target: null, ...more };
  return Object.assign(event as KeyboardEvent, { preventDefault: vi.fn() });
}

beforeEach(() => {
  vi.useFakeTimers();
  kept = new Map();
  vi.stubGlobal('localStorage', { getItem: (name: string) => kept.get(name) ?? null });
  vi.stubGlobal('HTMLElement', class {});
  isPaused = false;
  toggles = 0;
  skipped = [];
});

afterEach(() => {
  for (const act of cleanUp.splice(0)) act();
  expect(vi.getTimerCount()).toBe(0);
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the sound', () => {
  it('begins as loud as it was chosen last', () => {
    kept.set(KEPT, '0.3 muted');
    const stage = setUp();
    expect([stage.volume, stage.muted, stage.isSilent]).toEqual([0.3, true, true]);
  });

  it('of a player beside something else begins off', () => {
    kept.set(KEPT, '0.3 on');
    expect(setUp(true).muted).toBe(true);
  });

  it('comes back from off at the same loudness', () => {
    kept.set(KEPT, '0.3 on');
    const stage = setUp();
    stage.toggleSound();
    expect([stage.volume, stage.muted]).toEqual([0.3, true]);
    stage.toggleSound();
    expect([stage.volume, stage.muted]).toEqual([0.3, false]);
  });

  it('comes back halfway from a slider at zero', () => {
    const stage = setUp();
    stage.setVolume(0);
    expect(stage.isSilent).toBe(true);
    stage.toggleSound();
    expect([stage.volume, stage.isSilent]).toEqual([0.5, false]);
  });

  it('that the browser took away is given back by whoever turns it on', () => {
    const stage = setUp();
    stage.isHushed = stage.muted = true;
    stage.setVolume(0.4);
    expect([stage.isHushed, stage.muted]).toEqual([false, false]);
  });

  it.each([
    [0.98, 0.05, 1, 'Volume 100%'],
    [0.02, -0.05, 0, 'Volume 0%'],
    [0.3, 0.05, 0.35, 'Volume 35%'],
  ])('of %d changed by %d is %d', (before, by, after, said) => {
    const stage = setUp();
    stage.setVolume(before);
    expect(stage.perform({ do: 'volume', by })).toBe(said);
    expect(stage.volume).toBe(after);
  });
});

describe('the controls', () => {
  it('hide when nobody has moved for a while, and come back', () => {
    const stage = setUp();
    stage.wake();
    vi.advanceTimersByTime(2_599);
    expect(stage.isHidden).toBe(false);
    vi.advanceTimersByTime(1);
    expect(stage.isHidden).toBe(true);
    stage.wake();
    expect(stage.isHidden).toBe(false);
  });

  it('stay while the picture stands still or the menu is open', () => {
    const stage = setUp();
    stage.wake();
    vi.advanceTimersByTime(5_000);
    isPaused = true;
    expect(stage.isHidden).toBe(false);
    isPaused = false;
    stage.isMenuOpen = true;
    expect(stage.isHidden).toBe(false);
  });

  it('are sent away and called by a finger, once something has played', () => {
    const stage = setUp();
    stage.onPictureClick(click('touch'));
    expect(toggles).toBe(1);
    stage.hasPlayed = true;
    stage.onPictureClick(click('touch'));
    expect([stage.isHidden, toggles]).toEqual([true, 1]);
    stage.onPictureClick(click('touch'));
    expect([stage.isHidden, toggles]).toEqual([false, 1]);
  });

  it('are left alone by a mouse, which plays and pauses', () => {
    const stage = setUp();
    stage.hasPlayed = true;
    stage.onPictureClick(click('mouse'));
    expect([stage.isHidden, toggles]).toEqual([false, 1]);
  });
});

describe('a key', () => {
  it('does its work and says for a moment what it did', () => {
    const stage = setUp();
    const event = key('j');
    stage.onKey(event);
    expect(skipped).toEqual([-10]);
    expect(event.preventDefault).toHaveBeenCalled();
    expect(stage.flash).toBe('−10 s');
    vi.advanceTimersByTime(900);
    expect(stage.flash).toBe('');
  });

  it('that only this player knows is its own to do', () => {
    const stage = setUp();
    stage.onKey(key('Home'));
    expect(stage.flash).toBe('From the beginning');
  });

  it.each([
    ['means nothing to this player', key('?')],
    ['means nothing at all', key('x')],
    ['was taken by something else', key('k', { defaultPrevented: true })],
  ])('that %s is left to the page', (_, event) => {
    const stage = setUp();
    stage.onKey(event);
    expect(event.preventDefault).not.toHaveBeenCalled();
    expect([stage.flash, toggles]).toEqual(['', 0]);
  });

  it('is not for a player beside something else', () => {
    setUp(true).onKey(key('k'));
    expect(toggles).toBe(0);
  });
});
