import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// The page is one script and one style sheet, which the report embeds.
await build({
  entryPoints: [
    { in: source('main.ts'), out: 'page' },
    { in: source('page.css'), out: 'page' },
  ],
  outdir: fileURLToPath(new URL('../dist/page/', import.meta.url)),
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});

// Reads over HTTP in a browser, for the access suite. What only Node.js has is not asked for there.
await build({
  entryPoints: [{ in: fileURLToPath(new URL('../src/access/browser-page.ts', import.meta.url)), out: 'access' }],
  outdir: fileURLToPath(new URL('../dist/page/', import.meta.url)),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['browser'],
  // Other engines and compressors are loaded when they are asked for, which the page does not do.
  external: ['node:*', 'node-sqlite3-wasm', 'h5wasm', '@bokuweb/zstd-wasm', 'parquetjs-lite', 'hyparquet*'],
  legalComments: 'none',
  logLevel: 'warning',
});

function source(name) {
  return fileURLToPath(new URL(`./src/${name}`, import.meta.url));
}
