import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

const quiet = {
  npm_config_update_notifier: 'false',
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // Turborepo looks for the package manager there.
  PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
};

/** Runs a command in the repository's root and shows its output; ends this process when it fails. */
export function run(command, args, options = {}) {
  const status = tryRun(command, args, options);
  if (status !== 0) {
    console.error(`\nrun '${[command, ...args].join(' ')}': exit code ${status}`);
    process.exit(status);
  }
}

/** The same, giving the exit code. */
export function tryRun(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    ...options,
    env: { ...process.env, ...quiet, ...options.env },
  });
  if (result.error !== undefined) console.error(`run '${command}': ${result.error.message}`);
  return result.status ?? 1;
}

/** What a command prints, or undefined when it fails. */
export function capture(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    ...options,
    env: { ...process.env, ...quiet, ...options.env },
  });
  return result.status === 0 ? result.stdout : undefined;
}
