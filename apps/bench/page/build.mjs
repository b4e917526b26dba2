import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// The page is one script and one style sheet, which the report embeds.
await build({
  entryPoints: [
    { in: source('main.ts'), out: 'page' },
    { in: source('styles/page.css'), out: 'page' },
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
  entryPoints: [
    { in: fileURLToPath(new URL('../src/access/browser-page.ts', import.meta.url)), out: 'access' },
  ],
  outdir: fileURLToPath(new URL('../dist/page/', import.meta.url)),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  conditions: ['browser'],
  plugins: [{ name: 'absent', setup: leaveOut }],
  legalComments: 'none',
  logLevel: 'warning',
});

function source(name) {
  return fileURLToPath(new URL(`./src/${name}`, import.meta.url));
}

/** Engines that only Node.js has: the page does not ask for them, and one file can't load them later. */
function leaveOut(build) {
  const filter = /^(node:|parquetjs-lite$|node-sqlite3-wasm$|h5wasm)/;
  build.onResolve({ filter }, ({ path }) => ({ path, namespace: 'absent' }));
  build.onLoad({ filter: /.*/, namespace: 'absent' }, () => ({ contents: 'module.exports = {};' }));
}
