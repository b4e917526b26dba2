import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLab, type NDArray } from '@formatlab/core';
import pc from 'picocolors';
import { cellOf, type FormatChoice, groupId } from '../cells.js';
import { formatsOfModule } from '../formats.js';
import type { GroupFiles } from '../processes/job.js';
import { runChild } from '../processes/run-child.js';
import { median } from '../statistics/quantile.js';
import { workloadOf } from '../workloads/index.js';
import { verdictLine } from './verdict-line.js';

/** Three ways to read one array. */
const SUBJECTS: readonly FormatChoice[] = [
  { format: 'numpy', engine: null, module: '@formatlab/numpy', options: {} },
  { format: 'json', engine: null, module: '@formatlab/json', options: {} },
  { format: 'csv', engine: null, module: '@formatlab/csv', options: {} },
];
const SIZE = { rows: 1500, columns: 1000 };
const TOLERANCE = 0.1;
/** Processes of each side, in turns. */
const TURNS = 5;
const SUBJECT = fileURLToPath(new URL('./subject.js', import.meta.url));
const TIMEOUT_MS = 120_000;

/** Compares our time, peak memory and bytes read with tinybench, /usr/bin/time and strace. */
export async function checkInstruments(folder: string): Promise<boolean> {
  const verdicts: boolean[] = [];
  for (const choice of SUBJECTS) {
    const subject = await makeSubject(choice, folder);
    verdicts.push(await timeAgrees(subject), await memoryAgrees(subject), await bytesAgree(subject));
  }
  return verdicts.every((passed) => passed);
}

interface Subject {
  readonly choice: FormatChoice;
  readonly cell: ReturnType<typeof cellOf>;
  readonly files: GroupFiles;
}

async function makeSubject(choice: FormatChoice, folder: string): Promise<Subject> {
  const work = join(folder, choice.format);
  mkdirSync(work, { recursive: true });
  const workload = { id: 'array', parameters: SIZE };
  const group = { id: groupId(workload, choice, 'none'), workload, choice, compression: 'none' as const };
  const files = {
    dataset: join(work, 'unused'),
    access: join(work, 'unused'),
    input: join(work, 'data'),
    work,
  };
  const lab = createLab((await formatsOfModule(choice.module)).map(({ format }) => format));
  // The workload is one array of float64.
  const value = workloadOf('array').build(SIZE, 1) as NDArray;
  await lab.save(files.input, value, { format: choice.format });
  return { choice, cell: cellOf(group, 'read'), files };
}

async function timeAgrees(subject: Subject): Promise<boolean> {
  const [ours, theirs]: number[][] = [[], []];
  for (let turn = 0; turn < TURNS; turn++) {
    const { cell, files } = subject;
    const settings = { sampleMs: 1000, warmupMs: 500 };
    const outcome = await runChild<'time'>(
      { kind: 'time', cell, files, way: 0, settings },
      { timeoutMs: TIMEOUT_MS },
    );
    if (!outcome.ok) throw new Error(`time '${cell.id}': ${outcome.reason}`);
    ours!.push(median(outcome.result.samplesMs));
    // As many reads between two collections of garbage as here, or it would be another question.
    theirs!.push(Number(runSubject(subject, 'tinybench', [], outcome.result.batch).stdout));
  }
  return agree(
    `time of reading ${subject.choice.format}`,
    'tinybench',
    median(ours!),
    median(theirs!),
    TOLERANCE,
    'ms',
  );
}

async function memoryAgrees(subject: Subject): Promise<boolean> {
  if (spawnSync('/usr/bin/time', ['--version']).error !== undefined) return absent('/usr/bin/time', 'time');
  const [ours, theirs]: number[][] = [[], []];
  for (let turn = 0; turn < TURNS; turn++) {
    const { cell, files } = subject;
    const outcome = await runChild<'memory'>(
      { kind: 'memory', cell, files, way: 0 },
      { timeoutMs: TIMEOUT_MS },
    );
    if (!outcome.ok) throw new Error(`measure memory of '${cell.id}': ${outcome.reason}`);
    ours!.push((outcome.result.memory?.peakBytes ?? 0) / 2 ** 20);
    const { stderr } = runSubject(subject, 'once', ['/usr/bin/time', '-v']);
    theirs!.push(Number(/Maximum resident set size \(kbytes\): (\d+)/.exec(stderr)?.[1]) / 1024);
  }
  return agree(
    `peak memory of reading ${subject.choice.format}`,
    '/usr/bin/time -v',
    median(ours!),
    median(theirs!),
    TOLERANCE,
    'MiB',
  );
}

async function bytesAgree({ choice, cell, files }: Subject): Promise<boolean> {
  if (spawnSync('strace', ['--version']).error !== undefined) return absent('strace', 'strace');
  const outcome = await runChild<'memory'>(
    { kind: 'memory', cell, files, way: 0 },
    { timeoutMs: TIMEOUT_MS },
  );
  if (!outcome.ok) throw new Error(`count bytes of '${cell.id}': ${outcome.reason}`);
  const log = join(files.work, 'strace.log');
  const calls = 'trace=read,readv,pread64,preadv,preadv2,mmap';
  runSubject({ choice, cell, files }, 'once', ['strace', '-f', '-y', '-s', '0', '-e', calls, '-o', log]);
  let bytes = 0;
  for (const line of readFileSync(log, 'utf8').split('\n'))
    if (line.includes(`<${files.input}>`)) bytes += Number(/ = (\d+)$/.exec(line)?.[1] ?? 0);
  return agree(
    `bytes read of ${choice.format}`,
    'strace',
    outcome.result.io?.bytesRead ?? 0,
    bytes,
    0,
    'bytes',
  );
}

function runSubject(
  { choice, files }: Subject,
  how: 'once' | 'tinybench',
  before: readonly string[] = [],
  batch = 1,
): { stdout: string; stderr: string } {
  const job = join(files.work, 'subject.json');
  writeFileSync(job, JSON.stringify({ choice, input: files.input, how, batch }));
  const [program, ...words] = [...before, process.execPath, '--expose-gc', SUBJECT, job];
  const done = spawnSync(program!, words, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (done.status !== 0)
    throw new Error(`run '${how}' of ${choice.format}: ${done.stderr.trim().split('\n').at(-1)}`);
  return done;
}

function agree(
  what: string,
  instrument: string,
  ours: number,
  theirs: number,
  tolerance: number,
  unit: string,
): boolean {
  const figures = `${rounded(ours)} ${unit} here, ${rounded(theirs)} by ${instrument}`;
  return verdictLine(
    `${what}: ${figures} (${(100 * (ours / theirs - 1)).toFixed(1)} %)`,
    Math.abs(ours / theirs - 1) <= tolerance,
  );
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

function absent(program: string, debian: string): boolean {
  console.log(`${pc.yellow('left out')}  '${program}' is not here: apt-get install ${debian}`);
  return true;
}
