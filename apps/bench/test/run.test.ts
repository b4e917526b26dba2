import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CellRecord } from '../src/results/record.js';
import { readResults } from '../src/results/results-file.js';

const BIN = fileURLToPath(new URL('../bin/formatlab-bench.js', import.meta.url));
const plugin = (name: string): string =>
  fileURLToPath(new URL(`fixtures/plugins/${name}.js`, import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-run-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function bench(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    encoding: 'utf8',
    // Little memory is soon used up.
    env: { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '--max-old-space-size=200' },
  });
  return { status, out: stdout, err: stderr };
}

function cells(): CellRecord[] {
  return readResults(join(folder, 'formatlab-out', 'results.jsonl')).filter(
    (record): record is CellRecord => record.kind === 'cell',
  );
}

describe('a run', { timeout: 120_000 }, () => {
  it('measures a format from outside and writes results and report', () => {
    mkTemp();
    const { status, out, err } = bench(
      'run',
      'array',
      'tree',
      '--plugin',
      plugin('toy'),
      '--formats',
      'toy',
      '--size',
      '10x10',
      '--count',
      '5',
      '--compression',
      'none,gzip',
      '--repeats',
      '1',
      '--temp',
      'temp',
    );
    expect(err).not.toMatch(/error/);
    expect(status).toBe(0);
    expect(out).toMatch(/report:\s+\S+report\.html/);
    const found = cells();
    const write = found.find(({ cell }) => cell === 'array(10x10)/toy/none/write')!;
    expect(write).toMatchObject({ status: 'ok', fidelity: 'lossy', failure: null });
    expect(write.times!.medianMs).toBeGreaterThan(0);
    expect(write.memory!.peakBytes).toBeGreaterThan(10_000_000);
    expect(write.io!.bytesWritten).toBe(write.file!.bytes);
    expect(found.find(({ cell }) => cell === 'tree(5)/toy/gzip/read')).toMatchObject({
      status: 'ok',
      fidelity: 'exact',
      compression: 'gzip',
    });
    expect(found.every(({ status: s }) => s === 'ok')).toBe(true);
    for (const name of ['report.html', 'report.md', 'report.csv'])
      expect(readFileSync(join(folder, 'formatlab-out', name)).length).toBeGreaterThan(0);
    expect(readdirSync(join(folder, 'temp'))).toEqual([]);
    expect(bench('report', '-o', 'again').status).toBe(0);
    expect(existsSync(join(folder, 'again', 'report.html'))).toBe(true);
  });

  it('shows every failure with its reason and gives it no time', () => {
    const { status } = bench(
      'run',
      'array',
      '--plugin',
      plugin('broken'),
      '--formats',
      'liar,thrower,crasher,quitter,sleeper',
      '--operations',
      'write',
      '--compression',
      'none',
      '--size',
      '3x3',
      '--repeats',
      '1',
      '--timeout',
      '8',
    );
    expect(status).toBe(0);
    const outcome = Object.fromEntries(
      cells().map((cell) => [cell.format, [cell.status, cell.failure, cell.times, cell.reason]]),
    );
    expect(outcome).toEqual({
      liar: ['failed', 'wrong-value', null, expect.stringContaining("read back '': ")],
      thrower: ['failed', 'error', null, 'planted fault'],
      crasher: ['failed', 'crash', null, expect.stringContaining('SIGABRT')],
      quitter: ['failed', 'crash', null, expect.stringContaining('exit code 3')],
      sleeper: ['failed', 'timeout', null, expect.stringContaining('8 s')],
    });
  });

  it('knows a format that takes all memory', () => {
    const args = ['run', 'array', '--plugin', plugin('broken'), '--formats', 'glutton'];
    const more = ['--operations', 'write', '--compression', 'none', '--size', '3x3', '--repeats', '1'];
    expect(bench(...args, ...more).status).toBe(0);
    expect(cells()).toMatchObject([
      {
        status: 'failed',
        failure: 'out-of-memory',
        times: null,
        reason: 'check: the process ran out of memory',
      },
    ]);
  });

  it('loads the file of the user once and says what each format would lose', () => {
    writeFileSync(join(folder, 'data.toy'), 'TOY [[1,2],[3,4],[5,6]]');
    const { status } = bench(
      'run',
      '--data',
      'data.toy',
      '--plugin',
      plugin('toy'),
      '--formats',
      'toy',
      '--repeats',
      '1',
      '--compression',
      'none',
    );
    expect(status).toBe(0);
    const [write] = cells();
    expect(write).toMatchObject({
      cell: 'file(data.toy)/toy/none/write',
      fidelity: 'exact',
      workload: { parameters: { name: 'data.toy', format: 'toy', bytes: 23 } },
    });
  });

  function mkTemp(): void {
    spawnSync('mkdir', [join(folder, 'temp')]);
  }
});

describe('a compressed file', { timeout: 120_000 }, () => {
  it('is read back in every compression', () => {
    const { status } = bench(
      ...['run', 'table', '--formats', 'csv:native,msgpack', '--rows', '50', '--operations', 'write,read'],
      ...['--compression', 'gzip,brotli,zstd', '--repeats', '1'],
    );
    expect(status).toBe(0);
    expect(cells()).toHaveLength(12);
    expect(cells().filter((cell) => cell.status !== 'ok')).toEqual([]);
  });
});

describe('bytes written by an append', { timeout: 120_000 }, () => {
  it.each(['npz', 'sqlite'])('are told, with their places where they are known: %s', (format) => {
    const { status } = bench(
      ...[
        'run',
        'arrays',
        '--formats',
        format === 'npz' ? 'numpy' : format,
        '--size',
        '20x20',
        '--count',
        '10',
      ],
      ...['--operations', 'append', '--repeats', '1', '--compression', 'none'],
    );
    expect(status).toBe(0);
    const { io, file } = cells().find(({ operation }) => operation === 'append')!;
    expect(io!.bytesWritten).toBeGreaterThanOrEqual(3200);
    expect(io!.audit?.agrees ?? true).toBe(true);
    // SQLite's library works on the file itself: where it writes is not seen.
    expect(io!.pastSink ?? false).toBe(format === 'sqlite');
    const places = io!.rangesWritten!;
    expect(places.length > 0).toBe(format === 'npz');
    for (const [at, length] of places) expect(at + length).toBeLessThanOrEqual(file!.bytes);
  });
});

describe('mistakes', { timeout: 30_000 }, () => {
  it.each([
    [['run', 'nothing']],
    [['run', '--size', 'big']],
    [['run', '--formats', 'nothing']],
    [['run', '--compression', 'lzma']],
    [['run', 'file']],
    [['run', '--plugin', './missing.js']],
    [['run', '--unknown']],
    [['unknown']],
  ])('in %j are told in one line, with exit code 2', (args) => {
    const { status, err } = bench(...args);
    expect(status).toBe(2);
    expect(err).toMatch(/^error: /m);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['a missing file', 'missing.toy', undefined],
    ['an empty file', 'empty.toy', ''],
    ['a file in no format', 'noise.bin', Buffer.from([0, 1, 2, 3, 250, 251])],
    ['a broken file', 'broken.toy', 'TOY [1,'],
  ])('%s is told in one line that names it, with exit code 1', (_what, name, content) => {
    if (content !== undefined) writeFileSync(join(folder, name), content);
    const { status, err } = bench('run', '--data', name, '--plugin', plugin('toy'), '--formats', 'toy');
    expect(status).toBe(1);
    const lines = err
      .trim()
      .split('\n')
      .filter((line) => !line.includes('was not loaded'));
    expect(lines).toHaveLength(1);
    expect(existsSync(join(folder, 'formatlab-out', 'report.html'))).toBe(false);
  });

  it('in results files are told in one line', () => {
    const { status, err } = bench('report', 'missing.jsonl');
    expect(status).toBe(1);
    expect(err.trim()).toBe("error: read results 'missing.jsonl': no such file");
  });
});

describe('help', () => {
  it.each(
    [
      ['--help'],
      ['run', '--help'],
      ['goals', '--help'],
      ['compare', '--help'],
      ['merge', '--help'],
      ['self-check', '--help'],
      ['report', '--help'],
      ['list'],
    ].map((args) => [args]),
  )('%j teaches with exit code 0', (args) => {
    const { status, out } = bench(...args);
    expect(status).toBe(0);
    if (args.includes('--help')) expect(out).toContain('Examples:');
  });
});
