import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPTS = fileURLToPath(new URL('../python/', import.meta.url));
const LONGEST_OUTPUT = 2 ** 28;

/** Runs a script of python/ with the interpreter that FORMATLAB_PYTHON names; gives what it prints. */
export function runPython(script: string, ...args: string[]): string {
  const python = process.env['FORMATLAB_PYTHON'] ?? 'python3';
  const result = spawnSync(python, [`${SCRIPTS}${script}`, ...args], {
    encoding: 'utf8',
    maxBuffer: LONGEST_OUTPUT,
  });
  if (result.status !== 0)
    throw new Error(`run '${python} ${script}': ${result.error?.message ?? result.stderr}`);
  return result.stdout;
}
