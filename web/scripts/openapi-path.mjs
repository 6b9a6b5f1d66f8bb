import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The API description to build against: the committed one, unless SF_OPENAPI names another. */
export function openApiPath() {
  const web = resolve(dirname(fileURLToPath(import.meta.url)), '..');
  return process.env.SF_OPENAPI
    ? resolve(process.env.SF_OPENAPI)
    : resolve(web, '../api/openapi.json');
}
