import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root, tryRun } from './run.mjs';
import { readManifest, setup, workspaceFolders } from './setup.mjs';

// Style, types of the tests, who imports whom, and what the published packages look like from outside.
setup();
const node = process.execPath;
const bin = (path) => join(root, 'node_modules', path);
const published = workspaceFolders().filter((folder) => {
  const manifest = readManifest(`${folder}/package.json`);
  return manifest.private !== true && manifest.exports !== undefined;
});
const testProjects = workspaceFolders()
  .map((folder) => `${folder}/test/tsconfig.json`)
  .filter((path) => existsSync(join(root, path)));

const checks = [
  ['style and lint', () => tryRun(bin('.bin/biome'), ['ci', '--reporter=summary'])],
  ['boundaries between packages', () => tryRun(node, [bin('turbo/bin/turbo'), 'boundaries'])],
  ...testProjects.map((path) => [`types of ${path}`, () => tryRun(bin('.bin/tsc'), ['-p', path])]),
  ...published.flatMap((folder) => [
    [`publint of ${folder}`, () => tryRun(bin('.bin/publint'), [folder, '--pack', 'npm', '--strict'])],
    [
      `types of ${folder} as its users see them`,
      () =>
        tryRun(bin('.bin/attw'), [
          ...['--pack', folder, '--profile', 'esm-only', '--format', 'ascii', '--quiet'],
          ...plainFilesOf(folder),
        ]),
    ],
  ]),
  ['no build output or local path is tracked', trackedFiles],
];

const failed = checks.filter(([name, check]) => {
  const bad = check() !== 0;
  console.log(`${bad ? 'failed' : 'passed'}: ${name}`);
  return bad;
});
console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);

/** Entry points that are files of data, such as a schema, have no types. */
function plainFilesOf(folder) {
  const { exports } = readManifest(`${folder}/package.json`);
  const plain = Object.keys(exports).filter((name) => typeof exports[name] === 'string');
  return plain.length === 0 ? [] : ['--exclude-entrypoints', ...plain.map((name) => name.replace('./', ''))];
}

function trackedFiles() {
  const tracked = (capture('git', ['ls-files']) ?? '').split('\n');
  const wrong = tracked.filter((path) => /(^|\/)(dist|node_modules|formatlab-out)\//.test(path));
  for (const path of wrong) console.log(`tracked: ${path}`);
  return wrong.length;
}
