// Makes src/api/generated/schema.d.ts from the API description. It is never committed, so the
// client cannot drift from the API: a field that goes away fails the type check.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import { openApiPath } from './openapi-path.mjs';

const description = JSON.parse(readFileSync(openApiPath(), 'utf8'));
const nodes = await openapiTS(description, { alphabetize: true, defaultNonNullable: false });
const target = resolve(
  dirname(fileURLToPath(import.meta.url)),
  '../src/api/generated/schema.d.ts',
);
mkdirSync(dirname(target), { recursive: true });
writeFileSync(target, astToString(nodes));
