import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contradictions } from './access-figures.mjs';
import { formatFolders } from './pack.mjs';
import { root } from './run.mjs';
import { setup } from './setup.mjs';
import { formatsTable, measuredLine, valuesTable } from './tables.mjs';

// Writes the tables of all READMEs between their markers; `npm run docs -- --check` only says which are stale.
setup();
const check = process.argv.includes('--check');
const core = await load('packages/core');
const packages = [];
for (const folder of formatFolders()) packages.push({ folder, formats: formatsOf(await load(folder)) });
const records = showcaseRecords();
const stale = [];

for (const { folder, formats } of packages) {
  update(`${folder}/README.md`, {
    values: await valuesTable(core, formats),
    measured: measuredLine(records, formats),
  });
}
const access = accessResults();
update('README.md', { formats: await formatsTable(core, packages, access) });
const contradicted = contradictions(
  access,
  packages.flatMap(({ formats }) => formats),
);
for (const sentence of contradicted) console.error(`grade contradicted: ${sentence}`);

for (const path of stale) console.log(`${check ? 'stale' : 'written'}: ${path}`);
console.log(
  stale.length === 0 ? 'All tables are up to date' : check ? 'Run `npm run docs` to write them' : '',
);
process.exit(contradicted.length > 0 || (check && stale.length > 0) ? 1 : 0);

async function load(folder) {
  return import(pathToFileURL(join(root, folder, 'dist/index.js')).href);
}

function formatsOf(exported) {
  return Object.values(exported).filter(
    (value) => typeof value?.id === 'string' && typeof value.probe === 'function',
  );
}

/** Replaces what stands between `<!-- generated:name -->` and `<!-- /generated:name -->`. */
function update(path, blocks) {
  const file = join(root, path);
  if (!existsSync(file)) return;
  const before = readFileSync(file, 'utf8');
  let text = before;
  for (const [name, block] of Object.entries(blocks)) {
    text = text.replace(
      new RegExp(`(<!-- generated:${name} -->)[^]*?(<!-- /generated:${name} -->)`),
      (_, open, close) => `${open}\n\n${block.trim()}\n\n${close}`,
    );
  }
  if (text === before) return;
  stale.push(path);
  if (!check) writeFileSync(file, text);
}

/** Of the committed run of the access suite, where there is one. */
function accessResults() {
  const file = join(root, 'showcase/access.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Results of the committed showcase run, where there is one. */
function showcaseRecords() {
  const folder = join(root, 'showcase');
  const file = existsSync(folder) ? readdirSync(folder).find((name) => name.endsWith('.jsonl')) : undefined;
  if (file === undefined) return [];
  return readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
