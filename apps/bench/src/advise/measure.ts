import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cell, cellOf, groupOf } from '../cells.js';
import { planOf, type RunFlags } from '../commands/run.js';
import { runCommand } from '../commands/run-command.js';
import { UsageError } from '../commands/usage-error.js';
import type { LoadedFormats } from '../formats.js';
import type { CellRecord, ResultRecord } from '../results/record.js';
import type { RunPlan } from '../run/plan.js';
import { runSuite } from '../run/run-suite.js';
import { groupKey } from '../run/states.js';
import { operationsOf, rankAdvice } from './rank.js';
import type { Wishes } from './wishes.js';

export interface AdviseSettings {
  readonly file: string;
  readonly dataFormat?: string;
  readonly plugins: readonly string[];
  readonly formats?: string;
  readonly temp?: string;
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
const SAMPLE_BYTES = 500_000;
/** First every format once; then those that lead, until they are told apart. */
const ALL = { repeats: 1, mostRepeats: 1, sampleMs: 30, warmupMs: 15, maxSeconds: 300 };
const LEADERS = { repeats: 3, mostRepeats: 12, sampleMs: 60, warmupMs: 30, maxSeconds: 20 };

/** A short run of what is asked for, of all formats and then of the leading ones. @throws UsageError, FormatError */
export async function measureForAdvice(settings: AdviseSettings, wishes: Wishes): Promise<Measured> {
  const out = mkdtempSync(join(settings.temp ?? tmpdir(), 'formatlab-advise-'));
  try {
    const plan = await planFor(settings, wishes, out);
    const all = await runSuite(withPace(plan, ALL), settings.progress);
    if (all.interrupted) throw new UsageError(`advise '${settings.file}': it was interrupted`);
    const first = cellsOf(all.records)[0];
    if (first === undefined) throw new UsageError(`advise '${settings.file}': no format could be measured`);
    const factor = Number(first.workload.parameters['factor'] ?? 1);
    const leading = new Set(
      rankAdvice(all.records, wishes, factor).best.flatMap(({ row }) =>
        [...row.cells.values()].map(({ cell }) => rowKey(cell)),
      ),
    );
    const again = plan.cells.filter((cell) => leading.has(rowKey(cell.id)));
    if (again.length === 0)
      return { records: all.records, formats: plan.formats, file: first.workload, factor };
    const leaders = await runSuite(withPace({ ...plan, cells: again }, LEADERS), settings.progress);
    const records = withLeaders(all.records, leaders.records);
    return { records, formats: plan.formats, file: first.workload, factor };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** The first run's records, with those cells replaced that a second one timed more often; what it left out stays. */
export function withLeaders(
  all: readonly ResultRecord[],
  leaders: readonly ResultRecord[],
): readonly ResultRecord[] {
  const before = new Map(cellsOf(all).map((cell) => [cell.cell, cell]));
  const timed = cellsOf(leaders).filter(({ times }) => times !== null);
  const again = new Set(timed.map(({ cell }) => cell));
  const better = timed.map((cell): CellRecord => {
    const old = before.get(cell.cell);
    return {
      ...cell,
      memory: cell.memory ?? old?.memory ?? null,
      io: cell.io ?? old?.io ?? null,
      file: cell.file ?? old?.file ?? null,
    };
  });
  return [
    ...all.filter((record) => (record.kind === 'cell' ? !again.has(record.cell) : record.kind !== 'noise')),
    ...leaders.filter(({ kind }) => kind !== 'cell'),
    ...better,
  ];
}

/** What `run --data` would measure, with appending, on a sample. */
async function planFor(settings: AdviseSettings, wishes: Wishes, out: string): Promise<RunPlan> {
  const words = [
    '--data',
    settings.file,
    '--compression',
    'none',
    '--operations',
    'write,read,read-one',
    '--out',
    out,
  ];
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
  return { ...plan, cells, data: { ...plan.data!, sampleBytes: SAMPLE_BYTES } };
}

function withPace(
  plan: RunPlan,
  { repeats, mostRepeats, maxSeconds, sampleMs, warmupMs }: typeof ALL,
): RunPlan {
  return {
    ...plan,
    settings: { ...plan.settings, repeats, mostRepeats, maxSeconds, sampleMs, timeoutSeconds: 20 },
    samples: { sampleMs, warmupMs },
  };
}

function cellsOf(records: readonly ResultRecord[]): CellRecord[] {
  return records.filter((record): record is CellRecord => record.kind === 'cell');
}

/** `csv/none`: what is the same in all cells of a row, whatever the file is called. */
function rowKey(cell: string): string {
  return cell.slice(cell.indexOf(')/') + 2, cell.lastIndexOf('/'));
}
