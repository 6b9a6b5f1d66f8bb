import { describe, expect, it } from 'vitest';
import { keyAction } from '../../src/player/keys';

const key = (name: string, more = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe('keys on the watch page', () => {
  it.each([
    [' ', { do: 'toggle' }],
    ['K', { do: 'toggle' }],
    ['j', { do: 'skip', seconds: -10 }],
    ['l', { do: 'skip', seconds: 10 }],
    ['ArrowLeft', { do: 'skip', seconds: -5 }],
    ['ArrowUp', { do: 'volume', by: 0.05 }],
    ['m', { do: 'mute' }],
    ['f', { do: 'fullscreen' }],
    ['7', { do: 'share', of: 0.7 }],
    ['?', { do: 'help' }],
  ])('“%s” does its work', (name, action) => {
    expect(keyAction(key(name), 'page')).toEqual(action);
  });

  it('do nothing while someone types', () => {
    expect(keyAction(key('k'), 'field')).toBeNull();
  });

  it('leave space to a focused button and arrows to a slider', () => {
    expect(keyAction(key(' '), 'button')).toBeNull();
    expect(keyAction(key('k'), 'button')).toEqual({ do: 'toggle' });
    expect(keyAction(key('ArrowUp'), 'slider')).toBeNull();
  });

  it('leave the browser its own shortcuts', () => {
    expect(keyAction(key('f', { ctrlKey: true }), 'page')).toBeNull();
    expect(keyAction(key('l', { metaKey: true }), 'page')).toBeNull();
  });
});
