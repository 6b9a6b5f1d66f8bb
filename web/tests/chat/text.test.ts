import { describe, expect, it } from 'vitest';
import { asMessage, codePoints, MAX_CODE_POINTS } from '../../src/chat/text';
import { hueOf } from '../../src/chat/colours';

describe('the length of a message', () => {
  it.each([
    ['', 0],
    ['hello', 5],
    ['🎈', 1],
    ['é', 1],
    ['e\u0301', 2],
    ['👩‍🚀', 3],
    ['\ud83c', 1],
  ])('%j is %i', (text, count) => {
    expect(codePoints(text)).toBe(count);
  });

  it('is within the limit at 500 balloons, which are 1000 units', () => {
    const balloons = '🎈'.repeat(500);
    expect(balloons.length).toBe(1000);
    expect(codePoints(balloons)).toBe(MAX_CODE_POINTS);
  });
});

describe('what is sent', () => {
  it('is one line without white space around it', () => {
    expect(asMessage('  good\n\n morning \t')).toBe('good morning');
    expect(asMessage(' \n ')).toBe('');
  });
});

describe('the colour of a name', () => {
  it('is the same everywhere and within the circle', () => {
    const ids = Array.from({ length: 200 }, (_, index) => `usr_01KAB${index}`);
    expect(ids.map(hueOf)).toEqual(ids.map(hueOf));
    expect(ids.map(hueOf).every((hue) => hue >= 0 && hue < 360)).toBe(true);
  });

  it('spreads: neighbours differ', () => {
    const hues = new Set(Array.from({ length: 200 }, (_, index) => hueOf(`usr_01KAB${index}`)));
    expect(hues.size).toBeGreaterThan(120);
  });
});
