import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moduleOfPlugin } from '../src/plugins/resolve-plugin.js';
import { readResults } from '../src/results/results-file.js';

const BIN = fileURLToPath(new URL('../bin/formatlab-bench.js', import.meta.url));
const fixture = (name: string): string =>
  fileURLToPath(new URL(`fixtures/plugins/${name}.js`, import.meta.url));

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bench-plugins-')));
  makePackage('format-a', { exports: { '.': { types: './index.d.ts', default: './index.js' } } }, 'a');
  makePackage('@me/format-b', { exports: { import: './index.js' } }, 'b');
  makePackage('format-c', { exports: { '.': './index.js', './more': { import: './index.js' } } }, 'c');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As TypeScript builds it: an ES module that imports core by its name. */
function makePackage(name: string, manifest: object, id: string): void {
  const own = join(folder, 'node_modules', name);
  mkdirSync(own, { recursive: true });
  writeFileSync(
    join(own, 'package.json'),
    JSON.stringify({ name, version: '1.2.3', type: 'module', ...manifest }),
  );
  writeFileSync(
    join(own, 'index.js'),
    `import { toy } from ${JSON.stringify(pathToFileURL(fixture('toy')).href)};\nexport const ${id} = { ...toy, id: 'outside-${id}', title: 'Outside' };\n`,
  );
}

function run(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [BIN, 'run', 'tree', '--count', '3', '--repeats', '1', '--operations', 'write', '--no-report', ...args],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return { status, out: stdout, err: stderr };
}

describe('a plugin is found', () => {
  it.each([
    ['format-a', 'format-a'],
    ['@me/format-b', '@me/format-b'],
    ['format-c', 'format-c'],
    ['format-c/more', 'format-c'],
  ])('by the name of a package of the working directory: %s', (name, home) => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(moduleOfPlugin(name)).toBe(pathToFileURL(join(folder, 'node_modules', home, 'index.js')).href);
    } finally {
      process.chdir(before);
    }
  });

  it.each([
    ['./missing.js', "there is no file '"],
    ['no-such-package', 'there is no such package'],
  ])('or %s is refused by name', (name, reason) => expect(() => moduleOfPlugin(name)).toThrow(reason));
});

describe('plugins in a run', { timeout: 120_000 }, () => {
  it('from packages of another folder, by name, as default, and several in one module are measured', () => {
    const { status, err } = run(
      ...['format-a', '@me/format-b', fixture('several')].flatMap((name) => ['--plugin', name]),
      ...['--formats', 'outside-a,outside-b,first,second'],
    );
    expect(err).not.toMatch(/error|not loaded/);
    expect(status).toBe(0);
    const records = readResults(join(folder, 'formatlab-out', 'results.jsonl'));
    const cells = records.filter((record) => record.kind === 'cell');
    expect(cells.map(({ format, status: state }) => `${format} ${state}`).sort()).toEqual([
      'first ok',
      'outside-a ok',
      'outside-b ok',
      'second ok',
    ]);
    expect(cells.find(({ format }) => format === 'outside-b')!.versions).toMatchObject({
      '@me/format-b': '1.2.3',
    });
  });

  it('that are broken are named in one line each, and the others are measured', () => {
    const broken = ['throws-at-import', 'ends-at-import', 'no-encode', 'clash'];
    const { status, out, err } = run(
      ...[...broken, 'toy'].flatMap((name) => ['--plugin', fixture(name)]),
      ...['--formats', 'toy', '--no-progress'],
    );
    expect(status).toBe(0);
    expect(out).toContain('1 measured');
    const lines = err.trim().split('\n');
    const said = (name: string): string => lines.find((line) => line.includes(`${name}.js' was not loaded`))!;
    expect(lines).toHaveLength(broken.length);
    expect(said('throws-at-import')).toMatch(/: planted fault at import$/);
    expect(said('ends-at-import')).toMatch(/exit code 3/);
    expect(said('no-encode')).toMatch(/format 'half' lacks the function 'encode'$/);
    expect(said('clash')).toMatch(/there is a format 'json' already, of '@formatlab\/json'/);
  });

  it('that cannot tell whether a file is theirs do not keep it from being loaded', () => {
    writeFileSync(join(folder, 'data.json'), '{"a": [1, 2]}');
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        BIN,
        'run',
        '--data',
        'data.json',
        '--plugin',
        fixture('bad-probe'),
        '--formats',
        'json:plain',
        '--repeats',
        '1',
        '--operations',
        'read',
        '--compression',
        'none',
        '--no-report',
        '--no-progress',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(stdout).toContain('1 measured');
    expect(status).toBe(0);
  });
});
