import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportModel } from '../src/report/model.js';
import type { CellRecord, NoiseRecord, ResultRecord, RunRecord } from '../src/results/record.js';
import { readResults } from '../src/results/results-file.js';
import { lines, madeRun } from './made-records.js';

const BIN = fileURLToPath(new URL('../bin/formatlab-bench.js', import.meta.url));
const RUN = [
  ...['run', 'array', '--formats', 'csv:native,json:plain,msgpack,numpy', '--operations', 'write,read'],
  ...['--size', '20x20', '--compression', 'none', '--no-progress', '--no-report'],
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
      // Of the kernel's count only whether it agrees: threads of Node.js talk more or less.
      io: io === null ? null : { ...io, audit: io.audit?.agrees },
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

describe('a run that is killed in the middle', { timeout: 300_000 }, () => {
  it('and resumed equals one that was not', async () => {
    const args = [...RUN, '--formats', 'json:plain,numpy', '--repeats', '2'];
    expect(bench(...args, '-o', 'whole').status).toBe(0);
    await killedWhen([...args, '-o', 'cut'], results('cut'), 4);
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
    expect(run.elapsedMs).toBeGreaterThan(0);
    const noise = resumed.filter((record): record is NoiseRecord => record.kind === 'noise');
    expect(noise.map(({ processes }) => processes.map(({ block }) => block))).toEqual([[0, 1]]);
  });

  it('goes on with the options that it had, and with a run that is there', () => {
    const other = bench('run', 'tree', '--resume', '-o', 'cut');
    expect(other.status).toBe(2);
    expect(other.stderr).toContain("run --resume 'tree'");
    expect(bench('run', '--resume', '-o', 'nowhere').stderr).toContain('no such file');
    mkdirSync(join(folder, 'moved'));
    writeFileSync(results('moved'), lines([madeRun('run-1')]));
    expect(bench('run', '--resume', '-o', 'moved').stderr).toContain('was begun on another machine');
  });
});

describe('four shards', { timeout: 300_000 }, () => {
  it('merged equal one run in cells and sizes', () => {
    const args = [...RUN, '--operations', 'write', '--repeats', '1'];
    expect(bench(...args, '-o', 'whole').status).toBe(0);
    for (const i of [1, 2, 3, 4])
      expect(bench(...args, '--shard', `${i}/4`, '-o', `part${i}`).status).toBe(0);
    const parts = [1, 2, 3, 4].map((i) => join(`part${i}`, 'results.jsonl'));
    expect(parts.map((part) => cellsOf(readResults(join(folder, part))).length)).toEqual([1, 1, 1, 1]);
    const { status, stdout } = bench('merge', ...parts, '-o', 'all.jsonl');
    expect(status).toBe(0);
    expect(stdout).toContain('4 cells of 4 shards, measured on 1 machine');
    const all = readResults(join(folder, 'all.jsonl'));
    expect(withoutTimes(all)).toEqual(withoutTimes(readResults(results('whole'))));
    const missing = bench('merge', ...parts.slice(1), '-o', 'none.jsonl');
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('shard 1/4 is missing');
    expect(existsSync(join(folder, 'none.jsonl'))).toBe(false);
  });
});

describe('two runs compared', { timeout: 300_000 }, () => {
  it('fail where a slowdown was planted, and say so in Markdown', () => {
    const args = ['run', 'array', '--formats', 'numpy', '--operations', 'read', '--compression', 'none'];
    const more = ['--size', '300x300', '--repeats', '4', '--no-report', '--no-progress'];
    const base = bench(...args, ...more, '-o', 'base');
    expect(base.status).toBe(0);
    expect(base.stdout).toContain('noise floor');
    const planted = 'array(300x300)/numpy/none/read';
    // Far above what a busy machine does by itself.
    expect(bench(...args, ...more, '-o', 'slow', '--plant', `${planted}=29`).status).toBe(0);
    const { status, stdout } = bench('compare', results('base'), results('slow'), '--markdown', 'out.md');
    expect(stdout).toContain(`slower: ${planted}`);
    expect(status).toBe(1);
    expect(readFileSync(join(folder, 'out.md'), 'utf8')).toMatch(/## Worse\n[\s\S]*numpy\/none\/read/);
    expect(bench('compare', results('base'), results('base')).status).toBe(0);
    const records = readResults(results('slow'));
    const run = records.find((record): record is RunRecord => record.kind === 'run')!;
    expect(run.settings.planted).toEqual({ cell: planted, share: 29 });
    const noise = records.find((record): record is NoiseRecord => record.kind === 'noise')!;
    expect(noise.processes.map(({ block }) => block)).toEqual([0, 1, 2, 3]);
    expect(noise.share).toBeCloseTo(Math.abs(noise.ratio - 1), 12);
    expect(reportModel(records).noise!.share).toBe(noise.share);
    expect(cellsOf(records)[0]!.processes.every(({ referenceMs }) => referenceMs! > 0)).toBe(true);
  });

  it('are not, where the slowdown is in no cell of the run', () => {
    const { status, stderr } = bench(...RUN, '--plant', 'array(20x20)/nothing/none/read=0.1');
    expect(status).toBe(2);
    expect(stderr).toContain("--plant 'array(20x20)/nothing/none/read': the run has no such cell");
  });
});
