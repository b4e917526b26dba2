import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { parseCount } from '../commands/parse.js';
import { planOf, type RunFlags } from '../commands/run.js';
import { runCommand } from '../commands/run-command.js';
import { type Change, differenceOf } from '../report/difference.js';
import { noiseOf } from '../report/noise.js';
import { formatShare } from '../report/units.js';
import type { ResultRecord } from '../results/record.js';
import { durationText } from '../run/progress.js';
import { runSuite } from '../run/run-suite.js';
import { PLANTED_OPERATION, PLANTED_SHARE, SELF_CHECK_RUN } from './cells.js';
import { checkInstruments } from './instruments.js';

export interface SelfCheckFlags {
  readonly repeats: string;
  readonly defaultSuite?: boolean;
  readonly seed: string;
  readonly temp?: string;
}

/** Share of cells that 95 % intervals let differ though nothing changed. */
const EXPECTED_ALARMS = 0.05;

/** Finds what is planted and nothing else, and agrees with other instruments; exit code 1 otherwise. */
export async function selfCheck(flags: SelfCheckFlags): Promise<void> {
  const folder = mkdtempSync(join(flags.temp ?? tmpdir(), 'formatlab-self-check-'));
  const start = performance.now();
  try {
    const passed =
      flags.defaultSuite === true ? await checkDefaultSuite(folder, flags) : await checkPlant(folder, flags);
    const agrees = flags.defaultSuite === true || (await checkInstruments(folder));
    console.log(`self-check took ${durationText(performance.now() - start)}`);
    if (!passed || !agrees) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkPlant(folder: string, flags: SelfCheckFlags): Promise<boolean> {
  const repeats = String(parseCount('--repeats', flags.repeats));
  const words = [...SELF_CHECK_RUN, '--repeats', repeats, '--seed', flags.seed];
  const base = await measured('base', folder, words);
  const same = await measured('unchanged', folder, words);
  const cell = base.find((record) => record.kind === 'cell' && record.cell.endsWith(PLANTED_OPERATION));
  const planted = cell?.kind === 'cell' ? cell.cell : '';
  const slowed = await measured('slowed', folder, [...words, '--plant', `${planted}=${PLANTED_SHARE}`]);
  const unchanged = told('base and unchanged', base, same);
  const changed = told('base and slowed', base, slowed);
  const found = changed.filter(({ verdict }) => verdict === 'slower' || verdict === 'faster');
  const alarms = unchanged.filter(({ verdict }) => verdict === 'slower' || verdict === 'faster');
  const others = found.filter(({ base: { cell: id } }) => id !== planted);
  return [
    verdict(
      `planted ${formatShare(PLANTED_SHARE)} in ${planted}`,
      found.some((one) => one.base.cell === planted),
    ),
    verdict('nothing planted, nothing found', alarms.length === 0),
    verdict('nothing found beside what was planted', others.length === 0),
    alarmShare([...unchanged, ...changed.filter(({ base: { cell: id } }) => id !== planted)]),
  ].every((passed) => passed);
}

async function checkDefaultSuite(folder: string, flags: SelfCheckFlags): Promise<boolean> {
  const words = ['--seed', flags.seed];
  const base = await measured('first', folder, words);
  const next = await measured('second', folder, words);
  return alarmShare(told('the two runs', base, next));
}

async function measured(
  name: string,
  folder: string,
  words: readonly string[],
): Promise<readonly ResultRecord[]> {
  const parsed = runCommand().exitOverride().parse(words, { from: 'user' });
  const out = join(folder, name);
  const plan = await planOf(parsed.args, { ...parsed.opts<RunFlags>(), out }, ['run', ...words]);
  const start = performance.now();
  console.error(pc.dim(`run '${name}': ${plan.cells.length} cells`));
  const { records } = await runSuite(plan);
  console.log(`run '${name}': ${plan.cells.length} cells in ${durationText(performance.now() - start)}`);
  return records;
}

function told(
  title: string,
  base: readonly ResultRecord[],
  next: readonly ResultRecord[],
): readonly Change[] {
  const noise = Math.max(noiseOf(base)?.share ?? 0, noiseOf(next)?.share ?? 0);
  const { changes } = differenceOf(base, next, noise);
  console.log(`\n${title} (noise floor ${formatShare(noise)}):`);
  for (const { base: cell, ratio, interval, verdict: said } of changes)
    if (ratio !== undefined)
      console.log(
        `  ${cell.cell.padEnd(48)} ${ratio.toFixed(3)}  (${interval?.map((end) => end.toFixed(3)).join(' … ') ?? 'no interval'})  ${said}`,
      );
  return changes;
}

/** Cells whose interval excludes 1: 5 % are to be expected, and so many in all are within chance. */
function alarmShare(changes: readonly Change[]): boolean {
  const timed = changes.filter(({ interval }) => interval !== undefined);
  const outside = timed.filter(({ interval }) => interval![0] > 1 || interval![1] < 1).length;
  const most = Math.max(Math.floor(EXPECTED_ALARMS * timed.length), withinChance(timed.length));
  return verdict(
    `${outside} of ${timed.length} cells differ by more than their interval allows: ${formatShare(EXPECTED_ALARMS)} expected, up to ${most} by chance`,
    outside <= most,
  );
}

/** The largest count that a binomial variable with the expected share stays at or below in 95 of 100 cases. */
function withinChance(cells: number): number {
  let probability = (1 - EXPECTED_ALARMS) ** cells;
  let sum = probability;
  let count = 0;
  while (sum < 0.95 && count < cells) {
    probability *= ((cells - count) / (count + 1)) * (EXPECTED_ALARMS / (1 - EXPECTED_ALARMS));
    count++;
    sum += probability;
  }
  return count;
}

export function verdict(what: string, passed: boolean): boolean {
  console.log(`${passed ? pc.green('passed') : pc.red('failed')}  ${what}`);
  return passed;
}
