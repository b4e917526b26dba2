import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import pc from 'picocolors';
import { loadFormats } from '../formats.js';
import { PEERS } from '../peers/catalogue.js';
import { type FoundPeers, findPeers } from '../peers/find-peers.js';
import { withPeers } from '../peers/peer-cells.js';
import { pythonOf } from '../peers/python.js';
import { flagLines, noiseLines, predictionLine } from '../report/summary-lines.js';
import type { CellRecord, ResultRecord } from '../results/record.js';
import type { RunPlan } from '../run/plan.js';
import { durationText } from '../run/progress.js';
import { earlierRun } from '../run/resume.js';
import { runSuite } from '../run/run-suite.js';
import { cellsOfShard } from '../run/shard.js';
import { SUITES, type SuiteName, suiteOf, type Wishes } from '../suite.js';
import { DEFAULT_WORKLOADS, WORKLOADS, workloadOf } from '../workloads/index.js';
import type { Parameters, WorkloadSpec } from '../workloads/workload.js';
import {
  parseChoices,
  parseCompressions,
  parseCount,
  parseList,
  parseOperations,
  parsePlant,
  parseSeconds,
  parseShard,
  parseSize,
} from './parse.js';
import { runCommand } from './run-command.js';
import { UsageError } from './usage-error.js';
import { writeReport } from './write-report.js';

/** As they come from the command line. */
export interface RunFlags {
  readonly workloads?: string;
  readonly formats?: string;
  readonly operations?: string;
  readonly compression?: string;
  readonly size?: string;
  readonly count?: string;
  readonly rows?: string;
  readonly data?: string;
  readonly dataFormat?: string;
  readonly option: readonly string[];
  readonly plugin: readonly string[];
  readonly peers?: string | true;
  readonly python?: string;
  readonly repeats?: string;
  readonly quick?: boolean;
  readonly suite?: string;
  readonly shard?: string;
  readonly resume?: boolean;
  readonly cache?: string;
  readonly plant?: string;
  readonly seed: string;
  readonly timeout: string;
  readonly maxTime?: string;
  readonly out: string;
  readonly temp?: string;
  readonly report: boolean;
  readonly progress: boolean;
}

/** Measures, writes the report, prints where it is. @throws UsageError, FormatError */
export async function run(
  names: readonly string[],
  flags: RunFlags,
  command: readonly string[],
): Promise<void> {
  if (flags.suite === 'access') return access(names, flags);
  const start = performance.now();
  const plan =
    flags.resume === true ? await planToResume(names, flags, command) : await planOf(names, flags, command);
  for (const { package: name, reason } of plan.formats.notLoaded)
    console.error(pc.yellow(`${name} was not loaded: ${reason}`));
  const outcome = await runSuite(plan, flags.progress);
  const cells = outcome.records.filter((record): record is CellRecord => record.kind === 'cell');
  console.log(summaryLine(cells, performance.now() - start));
  for (const cell of cells)
    if (cell.status === 'failed') console.log(pc.red(`failed: ${cell.cell}: ${cell.reason}`));
  for (const line of [
    ...noiseLines(outcome.records),
    ...flagLines(cells),
    ...predictionLine(outcome.records),
  ])
    console.log(line);
  console.log(`results: ${outcome.resultsPath}`);
  if (flags.report) await report(outcome.records, plan.out);
  if (outcome.interrupted) process.exitCode = 130;
}

/** Single arrays of large files: measured in another way, and told in tables of their own. */
async function access(names: readonly string[], flags: RunFlags): Promise<void> {
  if (names.length > 0 || flags.data !== undefined)
    throw new UsageError("--suite 'access' makes its own files: name no workload and no --data with it");
  const { runAccess } = await import('../access/run-access.js');
  await runAccess({
    quick: flags.quick === true,
    formats: flags.formats?.split(',').map((name) => name.trim()),
    count: flags.count === undefined ? undefined : parseCount('--count', flags.count),
    seed: parseCount('--seed', flags.seed),
    timeoutSeconds: parseSeconds('--timeout', flags.timeout),
    out: flags.out,
    temp: flags.temp,
    progress: flags.progress,
  });
}

async function report(records: readonly ResultRecord[], out: string): Promise<void> {
  const { html } = await writeReport(records, out);
  console.log(`${pc.bold('report:')}  ${html}`);
}

function summaryLine(cells: readonly CellRecord[], ms: number): string {
  const count = (status: CellRecord['status']): number =>
    cells.filter((cell) => cell.status === status).length;
  const parts = [
    `${count('ok')} measured`,
    `${count('unsupported')} not supported by the format`,
    `${count('failed')} failed`,
    `${count('skipped')} not reached`,
  ];
  return `${cells.length} cells in ${durationText(ms)}: ${parts.join(', ')}`;
}

/** Process time in ms, and repeats: what makes the default run end within five minutes on two slow cores. */
const DEFAULT_PACE = { repeats: 3, mostRepeats: 30, sampleMs: 100, warmupMs: 50, maxSeconds: 280 };
/** Of the page cache, while a file is read. */
const CACHES = ['warm', 'cold'] as const;
/** A quick run leaves out what takes longest and says least. */
const QUICK_COMPRESSIONS = ['none'] as const;
const QUICK_PACE = { repeats: 2, mostRepeats: 10, sampleMs: 60, warmupMs: 30, maxSeconds: 36 };

/** The plan of an interrupted run, from its own command line. @throws UsageError for other options */
async function planToResume(
  names: readonly string[],
  flags: RunFlags,
  command: readonly string[],
): Promise<RunPlan> {
  const allowed = /^(run|--resume|-o|--out|--out=.*|--no-progress|--no-report)$/;
  const other = command.find((word, i) => !allowed.test(word) && !/^(-o|--out)$/.test(command[i - 1] ?? ''));
  if (names.length > 0 || other !== undefined)
    throw new UsageError(
      `run --resume '${names[0] ?? other}': the run goes on with the options that it had: give only --out`,
    );
  const earlier = earlierRun(flags.out);
  const again = runCommand().exitOverride().parse(earlier.run.command.slice(1), { from: 'user' });
  const plan = await planOf(again.args, { ...again.opts<RunFlags>(), out: flags.out }, earlier.run.command);
  if (plan.cells.length !== earlier.run.cells)
    throw new UsageError(
      `run --resume: the run had ${earlier.run.cells} cells, now there are ${plan.cells.length}: the formats have changed; begin anew`,
    );
  return { ...plan, earlier };
}

/** What a command line asks for. @throws UsageError */
export async function planOf(
  names: readonly string[],
  flags: RunFlags,
  command: readonly string[],
): Promise<RunPlan> {
  const quick = flags.quick === true;
  const pace = quick ? QUICK_PACE : DEFAULT_PACE;
  const workloads = workloadsOf(names, flags, quick);
  const formats = await loadFormats(flags.plugin);
  if (formats.formats.length === 0)
    throw new UsageError('there is no format to measure: build the packages, or name a --plugin');
  const wishes: Wishes = {
    suite: suiteName(names, flags),
    quick,
    workloads,
    choices: parseChoices(flags.formats, formats.formats, flags.option),
    formats: formats.formats,
    named: flags.formats !== undefined,
    compressions:
      flags.compression !== undefined
        ? parseCompressions(flags.compression)
        : quick
          ? QUICK_COMPRESSIONS
          : undefined,
    operations: flags.operations === undefined ? undefined : parseOperations(flags.operations),
  };
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard);
  const found = peersOf(flags);
  const all = found === undefined ? suiteOf(wishes) : withPeers(suiteOf(wishes), found);
  const cells = shard === undefined ? all : cellsOfShard(all, shard);
  if (all.length === 0)
    throw new UsageError(
      `--operations '${flags.operations}': ${workloads.map(({ id }) => id).join(' and ')} has none of them`,
    );
  const planted = flags.plant === undefined ? undefined : parsePlant(flags.plant);
  if (planted !== undefined && !all.some(({ id }) => id === planted.cell))
    throw new UsageError(`--plant '${planted.cell}': the run has no such cell`);
  const cold = flags.cache !== undefined && parseList('--cache', flags.cache, CACHES).includes('cold');
  const explicitRepeats = flags.repeats === undefined ? undefined : parseCount('--repeats', flags.repeats);
  const maxSeconds =
    flags.maxTime === undefined
      ? explicitRepeats === undefined
        ? pace.maxSeconds
        : undefined
      : parseSeconds('--max-time', flags.maxTime);
  return {
    command,
    seed: parseCount('--seed', flags.seed),
    cells,
    formats:
      found === undefined ? formats : { ...formats, notLoaded: [...formats.notLoaded, ...found.notThere] },
    settings: {
      repeats: explicitRepeats ?? pace.repeats,
      mostRepeats: explicitRepeats ?? pace.mostRepeats,
      ...(shard === undefined ? {} : { shard }),
      ...(planted === undefined ? {} : { planted }),
      ...(cold ? { cold } : {}),
      quick,
      timeoutSeconds: parseSeconds('--timeout', flags.timeout),
      maxSeconds,
      sampleMs: pace.sampleMs,
    },
    samples: { sampleMs: pace.sampleMs, warmupMs: pace.warmupMs },
    out: resolve(flags.out),
    temp: flags.temp ?? tmpdir(),
    data:
      flags.data === undefined
        ? undefined
        : {
            input: flags.data,
            format: dataFormat(
              flags,
              formats.formats.map(({ format }) => format.id),
            ),
          },
  };
}

function peersOf({ peers, python }: RunFlags): FoundPeers | undefined {
  if (peers === undefined) return undefined;
  const known = PEERS.map(({ id }) => id);
  return findPeers(peers === true ? undefined : parseList('--peers', peers, known), pythonOf(python));
}

/** Without a wish for more the default suite; who names a workload, format, operation or compression wants all of it. */
function suiteName(names: readonly string[], flags: RunFlags): SuiteName {
  if (flags.suite !== undefined)
    return parseList('--suite', flags.suite, [...SUITES, 'access'])[0]! as SuiteName; // 'access' was answered before;
  const { workloads, formats, operations, compression } = flags;
  const asked = [workloads, formats, operations, compression].some((flag) => flag !== undefined);
  return names.length > 0 || asked ? 'full' : 'default';
}

function dataFormat(flags: RunFlags, known: readonly string[]): string | undefined {
  return flags.dataFormat === undefined ? undefined : parseList('--data-format', flags.dataFormat, known)[0];
}

/** With `--data` alone only that file is measured. */
function workloadsOf(names: readonly string[], flags: RunFlags, quick: boolean): WorkloadSpec[] {
  const known = WORKLOADS.map(({ id }) => id);
  const text = [...names, flags.workloads ?? ''].join(' ').trim();
  const ids =
    text === ''
      ? flags.data === undefined
        ? DEFAULT_WORKLOADS
        : ['file']
      : parseList('workload', text, known);
  if (ids.includes('file') && flags.data === undefined)
    throw new UsageError("workload 'file': name your file with --data FILE");
  const all = flags.data !== undefined && !ids.includes('file') ? [...ids, 'file'] : ids;
  return all.map((id) => {
    const parameters = quick ? workloadOf(id).quick : workloadOf(id).defaults;
    return { id, parameters: { ...parameters, ...givenParameters(id, parameters, flags) } };
  });
}

/** Of the flags those that the workload has: `--size` says nothing to a table, `--rows` nothing to an array. */
function givenParameters(id: string, parameters: Parameters, flags: RunFlags): Parameters {
  if (id === 'table') return flags.rows === undefined ? {} : { rows: parseCount('--rows', flags.rows) };
  const size = flags.size === undefined ? {} : parseSize(flags.size);
  const count = flags.count === undefined ? {} : { count: parseCount('--count', flags.count) };
  return Object.fromEntries(
    Object.entries({ ...size, ...count }).filter(([name]) => Object.hasOwn(parameters, name)),
  );
}
