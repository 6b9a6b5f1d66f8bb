import { describe, expect, it } from 'vitest';
import { factsOf, mismatch, refusal, titleFrom } from '../../src/upload/chosen-file';

const file = (name: string, type = '', content = 'x') => new File([content], name, { type });

describe('what is told about a file', () => {
  it.each([
    ['clip.mp4', 'video/mp4', 'video/mp4'],
    ['clip.mkv', '', 'video/x-matroska'],
    ['clip.ts', 'text/vnd.trolltech.linguist', 'video/mp2t'],
    ['clip.MOV', '', 'video/quicktime'],
  ])('%s of type “%s” is %s', (name, type, expected) => {
    expect(factsOf(file(name, type)).content_type).toBe(expected);
  });
});

describe('a file that cannot be uploaded', () => {
  it('is empty', () => {
    expect(refusal(factsOf(file('a.mp4', 'video/mp4', '')))).toMatch(/empty/);
  });

  it('is no video', () => {
    expect(refusal(factsOf(file('notes.txt', 'text/plain')))).toMatch(/not a video/);
    expect(refusal(factsOf(file('unknown')))).toMatch(/not a video/);
  });

  it('is none of the others', () => {
    expect(refusal(factsOf(file('a.webm')))).toBeNull();
  });
});

describe('the same file chosen again', () => {
  const begun = { name: 'día.mp4', size_bytes: 1 };

  it('is recognised, however its name is encoded', () => {
    expect(mismatch(begun, file('día.mp4'.normalize('NFD')))).toBeNull();
  });

  it('is refused under another name', () => {
    expect(mismatch(begun, file('other.mp4'))).toMatch(/begun with “día.mp4”/);
  });

  it('is refused at another size', () => {
    expect(mismatch(begun, file('día.mp4', '', 'xx'))).toMatch(/was 1 B, now it is 2 B/);
  });
});

describe('a title from a file name', () => {
  it.each([
    ['holiday_2026-final.mp4', 'holiday 2026 final'],
    ['My clip.v2.mov', 'My clip.v2'],
    ['___.mp4', '___'],
    ['.mp4', '.mp4'],
  ])('%s → %s', (name, title) => {
    expect(titleFrom(name)).toBe(title);
  });
});
