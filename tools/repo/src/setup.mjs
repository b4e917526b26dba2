import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root, run } from './run.mjs';

const STAMP = join(root, 'node_modules/.formatlab-setup');

/** Installs what the lock file names and builds what changed. The second time both are checks of a second. */
export function setup() {
  checkNode();
  install();
  build();
}

export function install() {
  const state = installState();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === state) return;
  console.log('Installing packages …');
  run('npx', ['--yes', pnpmSpec(), 'install', '--frozen-lockfile', '--reporter=append-only'], {
    shell: process.platform === 'win32',
  });
  linkBench();
  writeFileSync(STAMP, installState());
}

/** `npx formatlab-bench` in the root. As a dependency of the root it would count as one of every package. */
function linkBench() {
  const bin = join(root, 'node_modules/.bin');
  const script = "#!/usr/bin/env node\nimport('../../apps/bench/bin/formatlab-bench.js');\n";
  writeFileSync(join(bin, 'formatlab-bench'), script, { mode: 0o755 });
  writeFileSync(join(bin, 'formatlab-bench.cmd'), '@node "%~dp0\\formatlab-bench" %*\r\n');
}

export function build() {
  run(process.execPath, [
    join(root, 'node_modules/turbo/bin/turbo'),
    'run',
    'build',
    '--output-logs=errors-only',
    '--ui=stream',
  ]);
}

/** `pnpm@10.34.9`, from `packageManager`. */
export function pnpmSpec() {
  return readManifest('package.json').packageManager;
}

export function readManifest(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** Folders of all workspace packages, relative to the root. */
export function workspaceFolders() {
  const tracked =
    capture('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*/package.json']) ?? '';
  return tracked
    .split('\n')
    .filter((path) => /^(packages|apps|tools|examples)\/[^/]+\/package\.json$/.test(path))
    .map((path) => path.slice(0, -'/package.json'.length))
    .sort();
}

function installState() {
  const hash = createHash('sha256');
  for (const path of [
    'package.json',
    'pnpm-lock.yaml',
    ...workspaceFolders().map((folder) => `${folder}/package.json`),
  ]) {
    if (existsSync(join(root, path))) hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`run with Node ${process.versions.node}: FormatLab needs 20.19 or newer`);
  process.exit(1);
}
