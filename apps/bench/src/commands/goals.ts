import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pc from 'picocolors';
import { type LoadedFormat, loadFormats } from '../formats.js';
import { type Goal, type GoalSamples, readGoals, specOf } from '../goals/goal.js';
import { type GoalVerdict, judgeGoal } from '../goals/verdict.js';
import { killAllChildren, runChild } from '../processes/run-child.js';
import { newProgress } from '../run/progress.js';
import { columns } from './columns.js';
import { parseCount, parseList } from './parse.js';

export interface GoalFlags {
  readonly file?: string;
  readonly only?: string;
  readonly processes: string;
  readonly rounds: string;
  readonly seed: string;
  readonly temp?: string;
}

const TIMEOUT_MS = 120_000;

/** Measures each goal's pair and says whether it was reached; exit code 1 when one was missed. @throws UsageError, FormatError */
export async function goals(ids: readonly string[], flags: GoalFlags): Promise<void> {
  const all = readGoals(flags.file ?? new URL('../../goals.json', import.meta.url));
  const wanted =
    ids.length === 0 && flags.only === undefined
      ? undefined
      : parseList(
          flags.only === undefined ? 'goal' : '--only',
          [...ids, flags.only ?? ''].join(' '),
          all.map(({ id }) => id),
        );
  const chosen = all.filter(({ id }) => wanted === undefined || wanted.includes(id));
  const settings = {
    processes: Math.max(2, parseCount('--processes', flags.processes)),
    rounds: parseCount('--rounds', flags.rounds),
    seed: parseCount('--seed', flags.seed),
  };
  const { formats } = await loadFormats();
  const folder = mkdtempSync(join(flags.temp ?? tmpdir(), 'formatlab-goals-'));
  const stop = (): void => {
    killAllChildren();
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', stop);
  try {
    const outcomes = await measureAll(chosen, formats, settings, folder);
    print(outcomes);
    if (outcomes.some((outcome) => outcome.state === 'missed' || outcome.state === 'failed'))
      process.exitCode = 1;
  } finally {
    process.off('SIGINT', stop);
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Settings {
  readonly processes: number;
  readonly rounds: number;
  readonly seed: number;
}

interface Outcome {
  readonly goal: Goal;
  readonly state: GoalVerdict['verdict'] | 'failed' | 'no peer';
  readonly verdict: GoalVerdict | undefined;
  readonly note: string;
}

/** All goals once, then all again: a slow minute of the machine does not fall on one goal alone. */
async function measureAll(
  chosen: readonly Goal[],
  formats: readonly LoadedFormat[],
  settings: Settings,
  folder: string,
): Promise<Outcome[]> {
  const progress = newProgress();
  const start = performance.now();
  const samples = new Map<string, GoalSamples[]>(chosen.map(({ id }) => [id, []]));
  const failures = new Map<string, string>();
  const total = chosen.length * settings.processes;
  let done = 0;
  for (let round = 0; round < settings.processes; round++) {
    for (const goal of chosen) {
      if (!failures.has(goal.id)) {
        const outcome = await measureOnce(goal, formats, settings, folder, round);
        if (typeof outcome === 'string') failures.set(goal.id, outcome);
        else samples.get(goal.id)!.push(outcome);
      }
      done++;
      progress.update(done / total, goal.id, ((performance.now() - start) / done) * (total - done));
    }
  }
  progress.end();
  return chosen.map((goal) => outcomeOf(goal, samples.get(goal.id)!, failures.get(goal.id)));
}

/** A text is the reason why it could not be measured. */
async function measureOnce(
  goal: Goal,
  formats: readonly LoadedFormat[],
  settings: Settings,
  folder: string,
  round: number,
): Promise<GoalSamples | string> {
  const module = formats.find(({ format }) => format.id === goal.ours)?.module;
  if (module === undefined) return `there is no format '${goal.ours}'`;
  const own = mkdtempSync(join(folder, `${goal.id}-`));
  const job = {
    goal,
    spec: specOf(goal),
    module,
    seed: settings.seed,
    folder: own,
    rounds: settings.rounds,
    oursFirst: round % 2 === 0,
  };
  const outcome = await runChild<'goal'>({ kind: 'goal', goal: job }, { timeoutMs: TIMEOUT_MS });
  rmSync(own, { recursive: true, force: true });
  return outcome.ok ? outcome.result : outcome.reason;
}

function outcomeOf(goal: Goal, processes: readonly GoalSamples[], failure: string | undefined): Outcome {
  if (failure !== undefined) return { goal, state: 'failed', verdict: undefined, note: failure };
  const absent = processes.find((one) => one.absent !== undefined)?.absent;
  if (absent !== undefined) return { goal, state: 'no peer', verdict: undefined, note: absent };
  const verdict = judgeGoal(goal, processes);
  return { goal, state: verdict.verdict, verdict, note: goal.note };
}

const COLOURS: Readonly<Record<Outcome['state'], (text: string) => string>> = {
  met: pc.green,
  missed: pc.red,
  failed: pc.red,
  unclear: pc.yellow,
  'no peer': pc.dim,
};

function print(outcomes: readonly Outcome[]): void {
  const rows = outcomes.map(({ goal, state, verdict, note }) => [
    goal.id,
    `${goal.operation} ${goal.workload}: ${goal.ours} / ${goal.peer}`,
    goal.direction === 'at-most' ? `≤ ${goal.ratio}` : `≥ ${goal.ratio} × faster`,
    verdict === undefined ? '–' : verdict.ratio.toFixed(2),
    verdict === undefined ? '–' : `${verdict.interval[0].toFixed(2)} – ${verdict.interval[1].toFixed(2)}`,
    `${COLOURS[state](state)}: ${note}`,
  ]);
  console.log(columns(['goal', 'ours / peer', 'wanted', 'ratio', '95 % interval', 'verdict'], rows));
  const missed = outcomes.filter(({ state }) => state === 'missed' || state === 'failed').length;
  console.log(
    missed === 0 ? 'no goal was missed' : pc.red(`${missed} of ${outcomes.length} goals were missed`),
  );
}
