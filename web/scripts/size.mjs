// Prints what a visitor downloads, gzip-compressed: `npm run build && npm run size`.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const dist = resolve(dirname(fileURLToPath(import.meta.url)), '../dist');
const kb = (path) => gzipSync(readFileSync(path)).length / 1024;
const html = readFileSync(resolve(dist, 'index.html'), 'utf8');
const first = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]);

for (const name of readdirSync(resolve(dist, 'assets')).sort()) {
  const mark = first.includes(`/assets/${name}`) ? 'first load' : '';
  console.log(`${kb(resolve(dist, 'assets', name)).toFixed(1).padStart(8)} KB  ${name}  ${mark}`);
}
const script = first.filter((path) => path.endsWith('.js'));
const total = script.reduce((sum, path) => sum + kb(resolve(dist, `.${path}`)), 0);
console.log(`${total.toFixed(1).padStart(8)} KB  first-load JavaScript, gzip`);
