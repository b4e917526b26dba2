import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLab, type NDArray } from '@formatlab/core';
import pc from 'picocolors';
import { cellOf, groupId } from '../cells.js';
import { formatsOfModule } from '../formats.js';
import { runChild } from '../processes/run-child.js';
import { median } from '../statistics/quantile.js';
import { workloadOf } from '../workloads/index.js';
import { SUBJECT, type Subject, TIMEOUT_MS, writeJob } from './start-subject.js';
import { timeAgrees } from './time-agreement.js';
import { verdictLine } from './verdict-line.js';

/** Three ways to read one array, and its rows. */
const SUBJECTS: readonly (readonly [format: string, rows: number])[] = [
  // More than 32 MiB: glibc takes such memory anew each time, smaller pieces as chance leaves them.
  ['numpy', 5000],
  ['json', 1500],
  ['csv', 1500],
];
const COLUMNS = 1000;
const TOLERANCE = 0.1;
/** Processes of each side. */
const MEMORY_TURNS = 5;

/** Compares our time, peak memory and bytes read with tinybench, /usr/bin/time and strace. */
export async function checkInstruments(folder: string): Promise<boolean> {
  const verdicts: boolean[] = [];
  for (const [format, rows] of SUBJECTS) {
    const subject = await makeSubject(format, rows, folder);
    verdicts.push(
      await timeAgrees(subject, TOLERANCE),
      await memoryAgrees(subject),
      await bytesAgree(subject),
    );
  }
  return verdicts.every((passed) => passed);
}

async function makeSubject(format: string, rows: number, folder: string): Promise<Subject> {
  const choice = { format, engine: null, module: `@formatlab/${format}`, options: {} };
  const size = { rows, columns: COLUMNS };
  const work = join(folder, format);
  mkdirSync(work, { recursive: true });
  const workload = { id: 'array', parameters: size };
  const group = { id: groupId(workload, choice, 'none'), workload, choice, compression: 'none' as const };
  const files = {
    dataset: join(work, 'unused'),
    access: join(work, 'unused'),
    input: join(work, 'data'),
    work,
  };
  const lab = createLab((await formatsOfModule(choice.module)).map(({ format }) => format));
  // The workload is one array of float64.
  const value = workloadOf('array').build(size, 1) as NDArray;
  await lab.save(files.input, value, { format });
  return { choice, cell: cellOf(group, 'read'), files };
}

async function memoryAgrees(subject: Subject): Promise<boolean> {
  if (spawnSync('/usr/bin/time', ['--version']).error !== undefined) return absent('/usr/bin/time', 'time');
  const [ours, theirs]: number[][] = [[], []];
  for (let turn = 0; turn < MEMORY_TURNS; turn++) {
    const { cell, files } = subject;
    const outcome = await runChild<'memory'>(
      { kind: 'memory', cell, files, way: 0 },
      { timeoutMs: TIMEOUT_MS },
    );
    if (!outcome.ok) throw new Error(`measure memory of '${cell.id}': ${outcome.reason}`);
    ours!.push((outcome.result.memory?.peakBytes ?? 0) / 2 ** 20);
    const { stderr } = readOnce(subject, ['/usr/bin/time', '-v']);
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
  readOnce({ choice, cell, files }, ['strace', '-f', '-y', '-s', '0', '-e', calls, '-o', log]);
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

/** Runs the script that reads the file once, under a program. */
function readOnce({ choice, files }: Subject, under: readonly string[]): { stderr: string } {
  const job = writeJob({ choice, files }, {});
  const [program, ...words] = [...under, process.execPath, '--expose-gc', SUBJECT, job];
  const done = spawnSync(program!, words, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (done.status !== 0)
    throw new Error(`read ${choice.format} under '${program}': ${done.stderr.trim().split('\n').at(-1)}`);
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
  const ratio = ours / theirs;
  const figures = `${rounded(ours)} ${unit} here, ${rounded(theirs)} by ${instrument}`;
  return verdictLine(
    `${what}: ${figures} (${(100 * (ratio - 1)).toFixed(1)} %)`,
    Math.abs(ratio - 1) <= tolerance,
  );
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

function absent(program: string, debian: string): boolean {
  console.log(`${pc.yellow('left out')}  '${program}' is not here: apt-get install ${debian}`);
  return true;
}
