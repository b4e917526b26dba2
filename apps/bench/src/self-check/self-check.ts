import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FormatError } from '@formatlab/core';
import pc from 'picocolors';
import { parseCount } from '../commands/parse.js';
import { planOf, type RunFlags } from '../commands/run.js';
import { runCommand } from '../commands/run-command.js';
import { type Change, type DifferenceOptions, differenceOf } from '../report/difference.js';
import { driftOf } from '../report/drift.js';
import { noiseOf } from '../report/noise.js';
import { formatRatio, formatShare } from '../report/units.js';
import type { ResultRecord } from '../results/record.js';
import type { RunPlan } from '../run/plan.js';
import { durationText } from '../run/progress.js';
import { runInterleaved } from '../run/run-interleaved.js';
import { runSuite } from '../run/run-suite.js';
import { apart, EXPECTED_ALARMS, excludingOne } from './alarms.js';
import { PLANTED, PLANTED_SHARE, SELF_CHECK_RUN } from './cells.js';
import { checkInstruments } from './instruments.js';
import { verdictLine } from './verdict-line.js';

/** Ten samples or more of each process, so that turns of a fiftieth of a second follow the machine's moods. */
const SAMPLE_MS = 400;

export interface SelfCheckFlags {
  readonly repeats: string;
  readonly defaultSuite?: boolean;
  readonly apart?: boolean;
  readonly instruments?: boolean;
  readonly seed: string;
  readonly temp?: string;
}

/** Finds what is planted and nothing else, and agrees with other instruments; exit code 1 otherwise. */
export async function selfCheck(flags: SelfCheckFlags): Promise<void> {
  const folder = mkdtempSync(join(flags.temp ?? tmpdir(), 'formatlab-self-check-'));
  const start = performance.now();
  try {
    const passed = await checkAsked(folder, flags);
    console.log(`self-check took ${durationText(performance.now() - start)}`);
    if (!passed) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkAsked(folder: string, flags: SelfCheckFlags): Promise<boolean> {
  if (flags.instruments === true) return checkInstruments(folder);
  if (flags.defaultSuite === true) return checkDefaultSuite(folder, flags);
  const plant = await checkPlant(folder, flags);
  return (await checkInstruments(folder)) && plant;
}

/** Base, unchanged and slowed take turns: what the machine does meanwhile befalls all three alike. */
async function checkPlant(folder: string, flags: SelfCheckFlags): Promise<boolean> {
  const repeats = String(parseCount('--repeats', flags.repeats));
  const asked = await planFor([...SELF_CHECK_RUN, '--repeats', repeats, '--seed', flags.seed], folder);
  const plan = { ...asked, samples: { ...asked.samples, sampleMs: SAMPLE_MS } };
  const cell = plan.cells.find(
    ({ choice, operation }) => choice.format === PLANTED.format && operation === PLANTED.operation,
  )!.id;
  console.log(
    `${plan.cells.length} cells, each ${repeats} times as base, as unchanged and, of '${cell}', slowed by ${formatShare(PLANTED_SHARE)}: all three take turns, sample by sample`,
  );
  const [base, same, slowed] = await runInterleaved(plan, [
    undefined,
    undefined,
    { cell, share: PLANTED_SHARE },
  ]);
  const unchanged = told('base and unchanged', base!, same!, { paired: true });
  const changed = told('base and slowed', base!, slowed!, { paired: true });
  const others = changed.filter(({ base: { cell: id } }) => id !== cell);
  return [
    verdictLine(
      `planted ${formatShare(PLANTED_SHARE)} in '${cell}': found`,
      changed.some((one) => one.base.cell === cell && one.verdict === 'slower'),
    ),
    verdictLine('nothing planted: nothing found', !unchanged.some(isClaimed)),
    verdictLine('nothing found beside what was planted', !others.some(isClaimed)),
    intervalsHold([...unchanged, ...others]),
  ].every((passed) => passed);
}

async function checkDefaultSuite(folder: string, flags: SelfCheckFlags): Promise<boolean> {
  const plan = await planFor(['--seed', flags.seed], folder);
  if (flags.apart === true) {
    console.log(
      'the default suite twice, one run after the other; intervals are widened by the drift of the machine',
    );
    const base = await measured('first', plan, folder);
    const next = await measured('second', plan, folder);
    const drift = driftOf(base, next);
    console.log(`reference work took ${formatRatio(drift.ratio)} as long in the second run`);
    return reportsAgree(told('the two runs', base, next, { drift: drift.ratio }), drift.ratio);
  }
  console.log('the default suite twice, both runs in the same blocks: each block has every cell of each');
  const { maxSeconds } = plan.settings;
  const twice = maxSeconds === undefined ? undefined : 2 * maxSeconds;
  const [base, next] = await runInterleaved({ ...plan, settings: { ...plan.settings, maxSeconds: twice } }, [
    undefined,
    undefined,
  ]);
  const changes = told('the two runs', base!, next!, { paired: true });
  return [reportsAgree(changes), intervalsHold(changes)].every((passed) => passed);
}

async function planFor(words: readonly string[], folder: string): Promise<RunPlan> {
  const parsed = runCommand().exitOverride().parse(words, { from: 'user' });
  const flags: RunFlags = { ...parsed.opts<RunFlags>(), out: folder, temp: folder };
  return planOf(parsed.args, flags, ['run', ...words]);
}

async function measured(name: string, plan: RunPlan, folder: string): Promise<readonly ResultRecord[]> {
  const start = performance.now();
  const { records, interrupted } = await runSuite({ ...plan, out: join(folder, name) });
  if (interrupted) throw new FormatError('aborted', `run '${name}': interrupted`);
  console.log(`run '${name}': ${plan.cells.length} cells in ${durationText(performance.now() - start)}`);
  return records;
}

function isClaimed({ verdict }: Change): boolean {
  return verdict === 'slower' || verdict === 'faster';
}

function told(
  title: string,
  base: readonly ResultRecord[],
  next: readonly ResultRecord[],
  options: DifferenceOptions,
): readonly Change[] {
  const noise = Math.max(noiseOf(base)?.share ?? 0, noiseOf(next)?.share ?? 0);
  const { changes } = differenceOf(base, next, noise, options);
  console.log(`\n${title} (noise floor ${formatShare(noise)}):`);
  for (const { base: cell, ratio, interval, verdict } of changes) {
    if (ratio === undefined || interval === undefined) continue;
    const range = interval.map((end) => end.toFixed(3)).join(' … ');
    const line = `  ${cell.cell.padEnd(48)} ${ratio.toFixed(3)}  (${range})  ${verdict}`;
    console.log(verdict === 'same' ? line : pc.bold(line));
  }
  console.log('');
  return changes;
}

/** How often intervals exclude 1 where nothing changed, which says whether they are as wide as they have to be. */
function intervalsHold(changes: readonly Change[]): boolean {
  const { cells, outside, most } = excludingOne(changes);
  return verdictLine(
    `the ratio's interval excludes 1 in ${outside} of ${cells} cells (${shareOf(outside, cells)}): ${formatShare(EXPECTED_ALARMS)} are to be expected, up to ${most} are within chance`,
    cells > 0 && outside <= most,
  );
}

/** Whether two runs of the same would be reported as the same. */
function reportsAgree(changes: readonly Change[], drift?: number): boolean {
  const { cells, outside, most } = apart(changes, drift);
  return verdictLine(
    `${outside} of ${cells} cells (${shareOf(outside, cells)}) differ by more than their reported intervals allow: at most ${most} (${formatShare(EXPECTED_ALARMS)}) may`,
    cells > 0 && outside <= most,
  );
}

function shareOf(count: number, all: number): string {
  return formatShare(all === 0 ? 0 : count / all);
}
