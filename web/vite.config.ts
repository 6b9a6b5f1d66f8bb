import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { openApiPath } from './scripts/openapi-path.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const hlsPackage = dirname(createRequire(import.meta.url).resolve('hls.js/package.json'));
const hlsVersion = (
  JSON.parse(readFileSync(resolve(hlsPackage, 'package.json'), 'utf8')) as { version: string }
).version;

/**
 * hls.js built from its own sources with only what these streams use. Its ready-made "light"
 * build leaves out separate audio renditions, which CMAF from MediaConvert always has, and the
 * full build is half as large again. CMAF needs no transmuxing, so the worker is left out too.
 */
const hlsFeatures = {
  __VERSION__: JSON.stringify(hlsVersion),
  __USE_ALT_AUDIO__: 'true',
  __USE_MEDIA_CAPABILITIES__: 'true',
  __USE_EME_DRM__: 'false',
  __USE_SUBTITLES__: 'false',
  __USE_CMCD__: 'false',
  __USE_CONTENT_STEERING__: 'false',
  __USE_VARIABLE_SUBSTITUTION__: 'false',
  __USE_M2TS_ADVANCED_CODECS__: 'false',
  __USE_INTERSTITIALS__: 'false',
  __USE_IFRAMES__: 'false',
  __IN_WORKER__: 'false',
  __HLS_WORKER_BUNDLE__: 'undefined',
};

/** Puts the committed API description at /openapi.json, in the build and in `npm run dev`. */
function apiDescription(): Plugin {
  return {
    name: 'api-description',
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'openapi.json',
        source: readFileSync(openApiPath(), 'utf8'),
      });
    },
    configureServer(server) {
      server.middlewares.use('/openapi.json', (_request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(readFileSync(openApiPath()));
      });
    },
  };
}

export default defineConfig({
  plugins: [svelte(), apiDescription()],
  define: hlsFeatures,
  resolve: {
    alias: [
      { find: /^hls\.js$/, replacement: resolve(hlsPackage, 'src/hls.ts') },
      { find: /^\.\/transmuxer-worker$/, replacement: resolve(hlsPackage, 'src/empty-es.js') },
    ],
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The API reference is one large library by nature; it is a page of its own.
    chunkSizeWarningLimit: 1600,
    rollupOptions: {
      input: { app: resolve(here, 'index.html'), docs: resolve(here, 'docs/index.html') },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/v1': process.env.SF_API_ORIGIN ?? 'http://localhost:8080',
      '/media': process.env.SF_API_ORIGIN ?? 'http://localhost:8080',
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
