import { describe, expect, it } from 'vitest';
import { keepable, mayRead } from '../../src/upload/kept-file';

const handle = {} as FileSystemFileHandle;
const fileOf = (size: number) => ({ size }) as File;

describe('what is kept of a file', () => {
  it('is its handle where there is one, whatever its size', () => {
    expect(keepable({ file: fileOf(1), handle })).toEqual({ handle });
  });

  it('is a copy of a small one', () => {
    const file = fileOf(256_000_000);
    expect(keepable({ file })).toEqual({ copy: file });
  });

  it('is nothing of a large one without a handle', () => {
    expect(keepable({ file: fileOf(256_000_001) })).toEqual({});
  });
});

describe('a handle', () => {
  /** `now` is what the browser says before the person is asked, `then` what they answer. */
  function askable(now: PermissionState, then: PermissionState = 'denied') {
    const asked: string[] = [];
    const answering = (name: string, state: PermissionState) => () => {
      asked.push(name);
      return Promise.resolve(state);
    };
    const queryPermission = answering('query', now);
    const requestPermission = answering('request', then);
    return { asked, handle: { ...handle, queryPermission, requestPermission } };
  }

  it('is read without asking where the browser knows no leave', async () => {
    expect(await mayRead(handle, false)).toBe(true);
  });

  it.each([
    ['granted', 'denied', true, true, ['query']],
    ['prompt', 'granted', false, false, ['query']],
    ['prompt', 'granted', true, true, ['query', 'request']],
    ['prompt', 'denied', true, false, ['query', 'request']],
  ] as const)('%s, then %s, asking %s: %s', async (now, then, mayAsk, may, calls) => {
    const given = askable(now, then);
    expect(await mayRead(given.handle, mayAsk)).toBe(may);
    expect(given.asked).toEqual(calls);
  });
});
