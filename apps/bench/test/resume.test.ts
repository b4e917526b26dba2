import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportModel } from '../src/report/model.js';
import type { CellRecord, NoiseRecord, ResultRecord, RunRecord } from '../src/results/record.js';
import { readResults } from '../src/results/results-file.js';

const BIN = fileURLToPath(new URL('../bin/formatlab-bench.js', import.meta.url));
const RUN = [
  'run',
  'array',
  'table',
  '--formats',
  'csv,json,numpy,xml',
  '--operations',
  'write,read,append',
  '--size',
  '20x20',
  '--rows',
  '200',
  '--compression',
  'none,gzip',
  '--repeats',
  '2',
  '--no-progress',
];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-resume-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BIN, ...args], { cwd: folder, encoding: 'utf8' });
}

const results = (out: string): string => join(folder, out, 'results.jsonl');

function cellsOf(records: readonly ResultRecord[]): CellRecord[] {
  return records
    .filter((record): record is CellRecord => record.kind === 'cell')
    .sort((a, b) => (a.cell < b.cell ? -1 : 1));
}

/** What two runs of the same cells have in common. */
function withoutTimes(records: readonly ResultRecord[]): unknown[] {
  return cellsOf(records).map(
    ({ cell, status, fidelity, losses, reason, workload, io, file, processes }) => ({
      cell,
      status,
      fidelity,
      losses,
      reason,
      workload,
      io,
      file,
      blocks: processes.map(({ block }) => block),
    }),
  );
}

/** Cells in the order in which they were timed. */
function orderOf(records: readonly ResultRecord[]): string[] {
  return cellsOf(records)
    .flatMap(({ cell, processes }) => processes.map(({ block, startedMs }) => ({ cell, block, startedMs })))
    .sort((a, b) => a.startedMs! - b.startedMs!)
    .map(({ cell, block }) => `${block} ${cell}`);
}

async function killedWhen(args: string[], path: string, lines: number): Promise<void> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  while (child.exitCode === null && child.signalCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (existsSync(path) && timedLines(path) >= lines) child.kill('SIGKILL');
  }
  await ended;
  expect(child.signalCode).toBe('SIGKILL');
}

function timedLines(path: string): number {
  return readFileSync(path, 'utf8').split('"startedMs"').length - 1;
}

describe('a run that is killed in the middle', { timeout: 240_000 }, () => {
  it('and resumed equals one that was not', async () => {
    expect(bench(...RUN, '-o', 'whole', '--no-report').status).toBe(0);
    await killedWhen([...RUN, '-o', 'cut', '--no-report'], results('cut'), 12);
    const before = cellsOf(readResults(results('cut')));
    // A line that was cut off by the kill.
    writeFileSync(results('cut'), `${readFileSync(results('cut'), 'utf8').trimEnd()}\n{"kind":"cel`);
    const { status, stderr } = bench('run', '--resume', '-o', 'cut', '--no-report', '--no-progress');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const [whole, resumed] = [readResults(results('whole')), readResults(results('cut'))];
    expect(withoutTimes(resumed)).toEqual(withoutTimes(whole));
    expect(orderOf(resumed)).toEqual(orderOf(whole));
    // What was measured before is kept as it was.
    const kept = before.flatMap(({ cell, processes }) => processes.map((one) => ({ cell, one })));
    expect(kept.length).toBeGreaterThan(0);
    for (const { cell, one } of kept)
      expect(cellsOf(resumed).find((record) => record.cell === cell)!.processes).toContainEqual(one);
    const run = resumed.find((record): record is RunRecord => record.kind === 'run')!;
    expect(run.resumedAt).toHaveLength(1);
    expect(resumed.filter(({ kind }) => kind === 'noise')).toHaveLength(1);
  });

  it('takes only the options that it had', () => {
    expect(bench(...RUN, '--formats', 'numpy', '-o', 'cut', '--no-report').status).toBe(0);
    const other = bench('run', 'tree', '--resume', '-o', 'cut');
    expect(other.status).toBe(2);
    expect(other.stderr).toContain("run --resume 'tree'");
    expect(bench('run', '--resume', '-o', 'nowhere').stderr).toContain('no such file');
  });
});

describe('four shards', { timeout: 240_000 }, () => {
  it('merged equal one run in cells and sizes', () => {
    const args = [...RUN, '--repeats', '1', '--no-report'];
    expect(bench(...args, '-o', 'whole').status).toBe(0);
    for (const i of [1, 2, 3, 4])
      expect(bench(...args, '--shard', `${i}/4`, '-o', `part${i}`).status).toBe(0);
    const parts = [1, 2, 3, 4].map((i) => join(`part${i}`, 'results.jsonl'));
    const { status, stdout } = bench('merge', ...parts, '-o', 'all.jsonl');
    expect(status).toBe(0);
    expect(stdout).toContain('of 4 shards');
    const all = readResults(join(folder, 'all.jsonl'));
    expect(withoutTimes(all)).toEqual(withoutTimes(readResults(results('whole'))));
    const missing = bench('merge', ...parts.slice(1), '-o', 'none.jsonl');
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('shard 1/4 is missing');
    expect(existsSync(join(folder, 'none.jsonl'))).toBe(false);
  });
});

describe('two runs compared', { timeout: 240_000 }, () => {
  it('fail where a slowdown was planted, and say so in Markdown', () => {
    const args = ['run', 'array', '--formats', 'csv', '--operations', 'write,read', '--compression', 'none'];
    const more = ['--size', '200x200', '--repeats', '4', '--no-report', '--no-progress'];
    expect(bench(...args, ...more, '-o', 'base').status).toBe(0);
    const planted = 'array(200x200)/csv/none/read';
    // Far above what a busy machine does by itself.
    expect(bench(...args, ...more, '-o', 'slow', '--plant', `${planted}=9`).status).toBe(0);
    const { status, stdout } = bench('compare', results('base'), results('slow'), '--markdown', 'out.md');
    expect(status).toBe(1);
    expect(stdout).toContain(`slower: ${planted}`);
    expect(readFileSync(join(folder, 'out.md'), 'utf8')).toMatch(/## Worse\n[\s\S]*csv\/none\/read/);
    expect(bench('compare', results('base'), results('base')).status).toBe(0);
    const run = readResults(results('slow')).find((record): record is RunRecord => record.kind === 'run')!;
    expect(run.settings.planted).toEqual({ cell: planted, share: 9 });
  });

  it('of different machines compare sizes and no times', () => {
    const run = bench('run', 'array', '--formats', 'csv', '--size', '10x10', '--repeats', '2', '-o', 'a');
    expect(run.status).toBe(0);
    const moved = readResults(results('a')).map((record) => {
      if (record.kind !== 'cell') return record;
      const file = record.file === null ? null : { bytes: record.file.bytes * 2 };
      return { ...record, machine: 'elsewhere', file };
    });
    writeFileSync(join(folder, 'b.jsonl'), moved.map((record) => JSON.stringify(record)).join('\n'));
    const { status, stdout } = bench('compare', results('a'), 'b.jsonl');
    expect(status).toBe(0);
    expect(stdout).toContain('from different machines');
    expect(stdout).toContain('2.0000');
  });
});

describe('the noise floor', { timeout: 120_000 }, () => {
  it('is what one cell timed under two names differs by', () => {
    const args = ['--formats', 'csv', '--size', '10x10', '--repeats', '3', '-o', 'a', '--no-report'];
    const { stdout } = bench('run', 'array', ...args);
    expect(stdout).toContain('noise floor');
    const records = readResults(results('a'));
    const noise = records.find((record): record is NoiseRecord => record.kind === 'noise')!;
    expect(noise.processes.map(({ block }) => block)).toEqual([0, 1, 2]);
    expect(noise.share).toBeCloseTo(Math.abs(noise.ratio - 1), 12);
    expect(reportModel(records).noise!.share).toBe(noise.share);
  });
});
