/** Handles: what one may look like, and others when somebody has the wanted one. */
import { ApiError } from '../api/problem';

export const HANDLE_PATTERN = '@?[A-Za-z0-9_]{3,30}';
const LONGEST = 30;
const OFFERED = 3;

/** “@Ann ” → “ann”: people write it as they see it. */
export function bareHandle(typed: string): string {
  return typed.trim().replace(/^@/, '');
}

/** Others to take, when the error says that this one is taken: the server's, or made here. */
export function suggestionsFor(error: unknown, wanted: string, year: number): string[] {
  if (!(error instanceof ApiError) || !error.code.startsWith('handle_')) return [];
  const given = error.context.suggestions;
  if (Array.isArray(given)) return given.map(String).slice(0, OFFERED);
  if (error.code !== 'handle_taken') return [];
  const base = bareHandle(wanted).toLowerCase().replace(/_+$/, '');
  const made = [`${base}_tv`, `its_${base}`, `${base}${year}`];
  return made.filter((each) => each.length <= LONGEST);
}

/** A first proposal out of a name that is shown: “Ann Öz” → “ann_oz”. */
export function handleFrom(name: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, LONGEST);
}
