/** What people may tell of themselves, as the API takes it, and how it reads. */
import type { Me } from '../../api/me';

export type BirthBand = NonNullable<Me['birth_band']>;
export type Interest = Me['interests'][number];

export const BIRTH_BANDS: readonly BirthBand[] = [
  '13-17',
  '18-24',
  '25-34',
  '35-44',
  '45-54',
  '55-64',
  '65+',
];

export const INTERESTS: readonly Interest[] = [
  'animals',
  'art',
  'books',
  'business',
  'cars',
  'comedy',
  'cooking',
  'crafts',
  'dance',
  'education',
  'fashion',
  'film',
  'fitness',
  'games',
  'gardening',
  'history',
  'home',
  'music',
  'nature',
  'news',
  'photography',
  'science',
  'sport',
  'technology',
  'travel',
];

export const LOCALES: readonly string[] = [
  ...['ar', 'cs', 'da', 'de', 'el', 'en', 'en-GB', 'en-US', 'es', 'es-MX', 'fi', 'fr', 'he', 'hi'],
  ...['hu', 'id', 'it', 'ja', 'ko', 'nb', 'nl', 'pl', 'pt', 'pt-BR', 'ro', 'ru', 'sv', 'th', 'tr'],
  ...['uk', 'vi', 'zh-CN', 'zh-TW'],
];

/** “Deutsch”, in its own language; the code where the browser does not know it. */
export function localeName(locale: string): string {
  const name = new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale;
  return name.slice(0, 1).toLocaleUpperCase(locale) + name.slice(1);
}
