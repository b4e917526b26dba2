import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { namesOf } from './names.js';
import { joinWorkspace, pnpmOf, workspaceRoot } from './workspace.js';
import { writePackage } from './write-package.js';

const HELP = `Usage: npm run create-format NAME          in the FormatLab repository
       npx @formatlab/create-format NAME   anywhere else

Writes a small format plugin that works under any name: it stores arrays, passes the conformance kit and
shows up in the bench. Then put your own codec into src/encode.ts and src/decode.ts.

  NAME     lower-case letters, digits and dashes, such as toml or my-format
  --help   this text`;

/** Runs the command; gives the exit code. */
export function main(args) {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  const [name, ...rest] = args;
  const names = name === undefined ? undefined : namesOf(name);
  if (names === undefined || rest.length > 0) {
    console.error(
      name === undefined
        ? HELP
        : `create format '${args.join(' ')}': a name has lower-case letters, digits and dashes, and begins with a letter`,
    );
    return 2;
  }
  const root = workspaceRoot(process.cwd());
  const folder = root === undefined ? resolve(name) : join(root, 'packages', name);
  if (existsSync(folder)) {
    console.error(
      `create format '${name}': the folder '${relative(process.cwd(), folder)}' is already there`,
    );
    return 1;
  }
  writePackage(folder, names, root !== undefined);
  if (root !== undefined) joinWorkspace(root, names);
  const ready = install(root ?? folder, names, root !== undefined);
  report(folder, names, root !== undefined, ready);
  return ready ? 0 : 1;
}

function install(folder, { id }, inRepository) {
  const commands = inRepository
    ? [
        ['npx', '--yes', pnpmOf(folder), 'install', '--no-frozen-lockfile', '--reporter=append-only'],
        [
          process.execPath,
          'node_modules/@biomejs/biome/bin/biome',
          'check',
          '--write',
          '--log-level=error',
          `packages/${id}`,
        ],
        ['npm', 'run', '--silent', 'build'],
      ]
    : [
        ['npm', 'install', '--no-audit', '--no-fund'],
        ['npm', 'run', '--silent', 'build'],
      ];
  return commands.every(([command, ...args]) => {
    const { status } = spawnSync(command, args, {
      cwd: folder,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    if (status !== 0) console.error(`run '${[command, ...args].join(' ')}': exit code ${status}`);
    return status === 0;
  });
}

function report(folder, { id }, inRepository, ready) {
  const place = relative(process.cwd(), folder) || '.';
  const test = inRepository ? `npm test -- packages/${id}` : `cd ${place} && npm test`;
  const bench = inRepository
    ? `npx formatlab-bench run --formats ${id},json --workloads array`
    : `npx @formatlab/bench run --plugin ${place} --workloads array`;
  console.log(`
${ready ? 'Wrote' : 'Wrote, but could not build,'} ${place}

  Your codec goes here    ${place}/src/encode.ts and ${place}/src/decode.ts
  What it claims          ${place}/src/format.ts: roots, dtypes, grades; the kit measures every claim
  Test it                 ${test}
  Measure it              ${bench}`);
}
