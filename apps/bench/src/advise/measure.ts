import { type Cell, cellOf, groupOf } from '../cells.js';
import { planOf, type RunFlags } from '../commands/run.js';
import { runCommand } from '../commands/run-command.js';
import { UsageError } from '../commands/usage-error.js';
import type { LoadedFormats } from '../formats.js';
import type { Row } from '../report/model.js';
import type { CellRecord, ResultRecord } from '../results/record.js';
import type { CellState } from '../run/cell-state.js';
import { checkAll } from '../run/check-all.js';
import { makeDatasets } from '../run/datasets.js';
import { frameOf, headerRecords } from '../run/header.js';
import { measureMemoryOfAll } from '../run/memory-of-all.js';
import type { RunPlan } from '../run/plan.js';
import { onStage } from '../run/run-suite.js';
import { groupKey, makeStates } from '../run/states.js';
import { timeAll } from '../run/time-all.js';
import { noiseRecord, twinsOf } from '../run/twin.js';
import { Watch } from '../run/watch.js';
import { operationsOf, rankAdvice, wantedRows } from './rank.js';
import type { Wishes } from './wishes.js';

export interface AdviseSettings {
  readonly file: string;
  readonly dataFormat?: string;
  readonly plugins: readonly string[];
  readonly formats?: string;
  readonly temp?: string;
  /** Wall time after which nothing is timed again. */
  readonly seconds: number;
  readonly progress: boolean;
}

export interface Measured {
  readonly records: readonly ResultRecord[];
  readonly formats: LoadedFormats;
  /** Of the file: what it was found to be. */
  readonly file: CellRecord['workload'];
  readonly factor: number;
}

/** Bytes of values that every format is measured on. */
const SAMPLE_BYTES = 250_000;
/** Those that lead are timed in so many processes, and on until they are told apart. */
const LEADERS = { repeats: 3, mostRepeats: 12 };
const PACE = { sampleMs: 40, warmupMs: 20 };

/**
 * Checks every format, times those once that the wishes leave, and then the leading ones until the time is up.
 *
 * @throws UsageError, FormatError
 */
export async function measureForAdvice(settings: AdviseSettings, wishes: Wishes): Promise<Measured> {
  const plan = await planFor(settings, wishes);
  return onStage(plan, settings.progress, async ({ folder, signal, progress }) => {
    const started = performance.now();
    const { cells, datasets } = await makeDatasets(plan, folder);
    const frame = frameOf(plan);
    const states = makeStates(cells, datasets, folder, frame);
    const header = await headerRecords({ ...plan, cells }, frame);
    const first = states[0]?.record();
    if (first === undefined) throw new UsageError(`advise '${settings.file}': no format could be measured`);
    const factor = Number(first.workload.parameters['factor'] ?? 1);
    const records = (): ResultRecord[] => [...header, ...states.map((state) => state.record())];
    const watchOf = (some: readonly CellState[]): Watch =>
      new Watch(some, plan, progress, signal, { spentMs: performance.now() - started });

    await checkAll(states, plan, watchOf(states), NOT_KEPT);
    const isLimited = Number.isFinite(wishes.memory);
    if (isLimited) await measureMemoryOfAll(states, plan, watchOf(states), NOT_KEPT);
    const wanted = statesOf(states, wantedRows(records(), wishes, factor));
    // Without a limit of memory the size of the file is all that the others are judged by.
    const sized = wanted.filter(({ cell }) => cell.operation === 'write');
    await measureMemoryOfAll(sized, plan, watchOf(wanted), NOT_KEPT);
    const once = { ...plan, settings: { ...plan.settings, repeats: 1, mostRepeats: 1 } };
    await timeAll(teamsOf(wanted), once, watchOf(wanted), () => {});

    const { best } = rankAdvice(records(), wishes, factor);
    const leading = statesOf(
      states,
      best.map(({ row }) => row),
    );
    await measureMemoryOfAll(leading, plan, watchOf(leading), NOT_KEPT);
    const twins = twinsOf(leading, plan.seed, undefined);
    const second = twins === undefined ? [] : [twins.second];
    await timeAll(teamsOf([...leading, ...second]), plan, watchOf([...leading, ...second]), () => {});
    if (signal.aborted) throw new UsageError(`advise '${settings.file}': it was interrupted`);
    const noise = twins === undefined ? undefined : noiseRecord(twins, frame);
    return {
      records: noise === undefined ? records() : [...records(), noise],
      formats: plan.formats,
      file: first.workload,
      factor,
    };
  });
}

/** Nothing is written: advice is told from the states. */
const NOT_KEPT = { add() {} };

function teamsOf(states: readonly CellState[]): readonly (readonly CellState[])[] {
  return states.map((state) => [state]);
}

/** The cells of rows. */
function statesOf(states: readonly CellState[], rows: readonly Row[]): readonly CellState[] {
  const ids = new Set(rows.flatMap((row) => [...row.cells.values()].map(({ cell }) => cell)));
  return states.filter(({ cell }) => ids.has(cell.id));
}

/** What `run --data` would measure, with appending, on a sample. */
async function planFor(settings: AdviseSettings, wishes: Wishes): Promise<RunPlan> {
  const words = ['--data', settings.file, '--compression', 'none', '--operations', 'write,read,read-one'];
  if (settings.dataFormat !== undefined) words.push('--data-format', settings.dataFormat);
  if (settings.formats !== undefined) words.push('--formats', settings.formats);
  for (const plugin of settings.plugins) words.push('--plugin', plugin);
  if (settings.temp !== undefined) words.push('--temp', settings.temp);
  const parsed = runCommand().exitOverride().parse(words, { from: 'user' });
  const plan = await planOf([], parsed.opts<RunFlags>(), ['run', ...words]);
  const wanted = operationsOf(wishes);
  const groups = new Map(plan.cells.map((cell) => [groupKey(cell), groupOf(cell)]));
  const cells: Cell[] = [...groups.values()]
    .filter(({ choice }) => choice.engine !== 'parquetjs-lite')
    .flatMap((group) => wanted.map((operation) => cellOf(group, operation)));
  const { sampleMs } = PACE;
  return {
    ...plan,
    cells,
    data: { ...plan.data!, sampleBytes: SAMPLE_BYTES },
    settings: { ...plan.settings, ...LEADERS, sampleMs, maxSeconds: settings.seconds, timeoutSeconds: 20 },
    samples: PACE,
  };
}
