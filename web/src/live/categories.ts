/** What streams are about; the API takes any words, these are offered. */
export const CATEGORIES: readonly string[] = [
  'Art',
  'Games',
  'Learning',
  'Making',
  'Music',
  'Outdoors',
  'Sport',
  'Talk',
];
