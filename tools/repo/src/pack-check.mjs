import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatFolders, pack, packageName } from './pack.mjs';
import { capture, root, tryRun } from './run.mjs';
import { setup } from './setup.mjs';

// What a user gets: core and one format, installed from tarballs into an empty folder, used from plain ESM and
// from TypeScript; what it weighs, and that no format brings another one's dependencies.
setup();
const work = mkdtempSync(join(tmpdir(), 'formatlab-pack-'));
const consumer = new URL('./consumer/', import.meta.url);
const core = pack('packages/core', work);
const ownDependencies = new Map(formatFolders().map((folder) => [folder, thirdParty(folder)]));
const rows = [];
let failed = 0;

for (const folder of formatFolders()) {
  const name = packageName(folder);
  const problems = check(folder, name);
  for (const problem of problems) console.log(`  ${name}: ${problem}`);
  if (problems.length > 0) failed++;
}
rmSync(work, { recursive: true, force: true });
console.table(rows);
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

function check(folder, name) {
  const home = join(work, `use-${name.replace('@formatlab/', '')}`);
  mkdirSync(home);
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
  );
  const tarball = pack(folder, work);
  const row = {
    package: name,
    'installed MB': '?',
    'own MB': '?',
    dependencies: '?',
    'plain ESM': 'no',
    nodenext: 'no',
    bundler: 'no',
  };
  rows.push(row);
  if (
    tryRun('npm', ['install', '--no-audit', '--no-fund', '--silent', core, tarball], {
      cwd: home,
      shell: process.platform === 'win32',
    }) !== 0
  )
    return ['npm install failed'];
  const installed = installedPackages(home);
  row['installed MB'] = (folderSize(join(home, 'node_modules')) / 1e6).toFixed(2);
  row['own MB'] = (folderSize(join(home, 'node_modules', name)) / 1e6).toFixed(2);
  row.dependencies = installed.filter((other) => !other.startsWith('@formatlab/')).length;
  const problems = foreignDependencies(folder, installed);
  for (const file of readdirSync(consumer))
    cpSync(new URL(file, consumer), join(home, file.replace(/\.template$/, '')));
  writeFileSync(join(home, 'use.ts'), readFileSync(join(home, 'use.ts'), 'utf8').replaceAll('PACKAGE', name));
  if (tryRun(process.execPath, ['use.mjs', name], { cwd: home }) === 0) row['plain ESM'] = 'yes';
  else problems.push('does not work from plain ESM');
  for (const resolution of ['nodenext', 'bundler']) {
    if (
      tryRun(join(root, 'node_modules/.bin/tsc'), ['-p', `tsconfig.${resolution}.json`], {
        cwd: home,
        shell: process.platform === 'win32',
      }) === 0
    )
      row[resolution] = 'yes';
    else problems.push(`does not type-check under moduleResolution ${resolution}`);
  }
  return problems;
}

/** Dependencies of other formats that came along and are none of this one's. */
function foreignDependencies(folder, installed) {
  const own = ownDependencies.get(folder);
  return [...ownDependencies]
    .filter(([other]) => other !== folder)
    .flatMap(([other, names]) =>
      names
        .filter((name) => installed.includes(name) && !own.includes(name))
        .map((name) => `pulls in '${name}', a dependency of ${other}`),
    );
}

function thirdParty(folder) {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  return Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith('@formatlab/'));
}

function installedPackages(home) {
  const listed = JSON.parse(
    capture('npm', ['ls', '--all', '--json', '--long=false'], {
      cwd: home,
      shell: process.platform === 'win32',
    }) ?? '{}',
  );
  const names = new Set();
  const walk = (node) => {
    for (const [name, child] of Object.entries(node.dependencies ?? {})) {
      names.add(name);
      walk(child);
    }
  };
  walk(listed);
  return [...names];
}

function folderSize(folder) {
  let size = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) size += folderSize(path);
    else if (entry.isFile()) size += statSync(path).size;
  }
  return size;
}
