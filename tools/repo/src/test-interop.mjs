import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, tryRun } from './run.mjs';
import { setup } from './setup.mjs';

// Python reads what we wrote and writes what we read, in a virtual environment of this repository.
setup();
run(process.execPath, ['tools/interop/dist/main.js', ...process.argv.slice(2)], {
  env: { FORMATLAB_PYTHON: environment() },
});

function environment() {
  const folder = join(root, '.cache/venv');
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const requirements = join(root, 'tools/interop/python/requirements.txt');
  const stamp = join(folder, 'formatlab-requirements');
  const state = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return python;
  console.log('Making a virtual environment for Python …');
  mkdirSync(join(root, '.cache'), { recursive: true });
  const base = process.env.PYTHON ?? 'python3';
  if (tryRun(base, ['-m', 'venv', '--clear', folder]) !== 0) {
    console.error(
      `make a virtual environment with '${base}': it failed; install Python 3.11 or newer with venv, or set PYTHON`,
    );
    process.exit(1);
  }
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  writeFileSync(stamp, state);
  return python;
}
