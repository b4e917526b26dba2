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

function source(name) {
  return fileURLToPath(new URL(`./src/${name}`, import.meta.url));
}
