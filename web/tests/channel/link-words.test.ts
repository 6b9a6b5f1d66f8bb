import { expect, it } from 'vitest';
import { linkWords } from '../../src/channel/link-words';

it.each([
  ['https://example.com/', 'example.com'],
  ['http://www.example.com/ann', 'example.com/ann'],
  [`https://example.com/${'x'.repeat(60)}`, `example.com/${'x'.repeat(27)}…`],
])('%s reads as %s', (link, words) => {
  expect(linkWords(link)).toBe(words);
});
