import { lossLine } from '@formatlab/core';
import { type Cost, rankByDemand, type Task, type TaskId, tasksOf, toldApart } from '../report/demand.js';
import { fidelityOf } from '../report/losses.js';
import { fileBytes, type ReportModel, type Row, reportModel } from '../report/model.js';
import { isExact, type Level } from '../report/picks.js';
import { formatBytes } from '../report/units.js';
import type { CellRecord, FormatRecord, OperationId, ResultRecord } from '../results/record.js';
import { scaledCell } from './scale.js';
import type { Wishes } from './wishes.js';

/** One format as an answer. */
export interface Candidate {
  readonly row: Row;
  readonly format: FormatRecord | undefined;
  readonly cost: Cost;
  /** Of the operations that are asked for; undefined where none was measured. */
  readonly peakBytes: number | undefined;
  readonly bytes: number | undefined;
  /** One line each; none where every value comes back to the bit. */
  readonly losses: readonly string[];
}

export interface Advice {
  /** The recommended one and up to two runners-up, cheapest first. */
  readonly best: readonly Candidate[];
  /** How sure the first place is, and from what. */
  readonly level: Level;
  readonly confidence: string;
  /** Formats that could hold the file and are not wanted, with what rules them out. */
  readonly ruledOut: readonly { readonly label: string; readonly reason: string }[];
  /** Formats that came after the runners-up. */
  readonly others: readonly { readonly label: string; readonly ratio: number }[];
  /** What was asked for and could not be measured. */
  readonly notMeasured: readonly string[];
}

/** From this many appends in a month on, a format that rewrites the file for each is ruled out. */
const MANY_APPENDS = 100;
const RUNNERS_UP = 2;

/**
 * Ranks by what the report's page ranks by: the cost of the demand. `factor`: the whole is so many times what was measured.
 *
 * @throws RangeError for records without cells
 */
export function rankAdvice(records: readonly ResultRecord[], wishes: Wishes, factor = 1): Advice {
  const model = scaledModel(records, factor);
  const [results] = model.workloads;
  if (results === undefined) throw new RangeError('rank formats: there are no cells');
  const measurable = new Set(
    results.operations.filter((operation) =>
      results.rows.some((row) => row.cells.get(operation)?.times != null),
    ),
  );
  const tasks = tasksOf([...measurable]);
  const asked = tasks.filter(({ id }) => wishes.demand[id] > 0);
  const ruledOut: { label: string; reason: string }[] = [];
  const candidates = withoutRuledOut(results.rows, model, wishes, asked, ruledOut);
  const ranking = rankByDemand(candidates, asked, wishes.demand);
  ruledOut.push(...ranking.leftOut.map(({ row, reason }) => ({ label: row.label, reason })));
  const best = ranking.costs.slice(0, 1 + RUNNERS_UP).map((cost) => candidateOf(cost, model, asked));
  const [first] = ranking.costs;
  return {
    best,
    ...sureness(ranking.costs, model.noise?.share ?? 0),
    ruledOut,
    others: ranking.costs
      .slice(best.length)
      .map(({ row, total }) => ({ label: row.label, ratio: total / first!.total })),
    notMeasured: [...missingTasks(asked, wishes), ...missingFigures(best, wishes)],
  };
}

/** The rows that no rule rules out, before any is timed. @throws RangeError for records without cells */
export function wantedRows(records: readonly ResultRecord[], wishes: Wishes, factor: number): readonly Row[] {
  const model = scaledModel(records, factor);
  const [results] = model.workloads;
  if (results === undefined) throw new RangeError('rule formats out: there are no cells');
  const asked = tasksOf(results.operations).filter(({ id }) => wishes.demand[id] > 0);
  return withoutRuledOut(results.rows, model, wishes, asked, []);
}

function scaledModel(records: readonly ResultRecord[], factor: number): ReportModel {
  const formats = records.filter((record): record is FormatRecord => record.kind === 'format');
  return reportModel(
    records.map((record) => {
      if (record.kind !== 'cell') return record;
      const can = formats.find(
        ({ format, engine }) => format === record.format && engine === record.engine,
      )?.can;
      return scaledCell(record, factor, can);
    }),
  );
}

/** Losses, memory, and rewriting: what no price makes good. Where a rule would leave nothing, it is not applied. */
function withoutRuledOut(
  rows: readonly Row[],
  model: ReportModel,
  wishes: Wishes,
  tasks: readonly Task[],
  ruledOut: { label: string; reason: string }[],
): readonly Row[] {
  const rules: readonly ((row: Row) => string | undefined)[] = [
    (row) => refusal(row),
    (row) => (wishes.lossy || isExact(row) ? undefined : `loses ${lossesOf(row)[0] ?? 'something'}`),
    (row) => {
      const peak = peakOf(row, tasks);
      return peak !== undefined && peak > wishes.memory
        ? `peak memory ${formatBytes(peak)}, above ${formatBytes(wishes.memory)}`
        : undefined;
    },
    (row) =>
      wishes.demand.appends >= MANY_APPENDS && formatOf(row, model)?.can.append === 'rewrite'
        ? 'no append in place: it rewrites the file for each'
        : undefined,
  ];
  let left = rows;
  for (const [i, rule] of rules.entries()) {
    const judged = left.map((row) => ({ row, reason: rule(row) }));
    const kept = judged.filter(({ reason }) => reason === undefined).map(({ row }) => row);
    // Memory is a limit that was set; the others are wishes.
    const isLimit = i === 0 || i === 2;
    if (kept.length === 0 && !isLimit) continue;
    for (const { row, reason } of judged)
      if (reason !== undefined) ruledOut.push({ label: row.label, reason });
    left = kept;
  }
  return left;
}

function refusal(row: Row): string | undefined {
  const cell = row.cells.get('write');
  return cell?.status === 'unsupported' || cell?.status === 'failed'
    ? `${cell.status === 'failed' ? 'failed' : 'cannot hold it'}: ${cell.reason ?? ''}`
    : undefined;
}

function candidateOf(cost: Cost, model: ReportModel, tasks: readonly Task[]): Candidate {
  const { row } = cost;
  return {
    row,
    format: formatOf(row, model),
    cost,
    peakBytes: peakOf(row, tasks),
    bytes: fileBytes(row),
    losses: lossesOf(row),
  };
}

function formatOf(row: Row, model: ReportModel): FormatRecord | undefined {
  return model.formats.find(({ format, engine }) => format === row.format && engine === row.engine);
}

function lossesOf(row: Row): readonly string[] {
  const fidelity = fidelityOf(row);
  if (fidelity.lines.length > 0) return fidelity.lines;
  return [...new Set([...row.cells.values()].flatMap(({ losses }: CellRecord) => losses.map(lossLine)))];
}

function peakOf(row: Row, tasks: readonly Task[]): number | undefined {
  const peaks = tasks.flatMap(({ operation }) => row.cells.get(operation)?.memory?.peakBytes ?? []);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

/** The same judgement as that of the page's ranking: intervals that do not meet, and more than the noise. */
function sureness(costs: readonly Cost[], noise: number): Pick<Advice, 'level' | 'confidence'> {
  const [first, second] = costs;
  if (first === undefined) return { level: 'unknown', confidence: 'nothing is left to recommend' };
  if (second === undefined) return { level: 'sure', confidence: 'the only one that is left' };
  const ratio = `${second.row.label} costs ${(second.total / first.total).toFixed(2)} × as much`;
  if (first.interval === null || second.interval === null)
    return { level: 'unknown', confidence: `${ratio}; too few processes for an interval` };
  const ties = costs.slice(1).filter((cost) => !toldApart(first, cost, noise));
  if (ties.length > 0)
    return { level: 'tie', confidence: `not told apart from ${ties.map(({ row }) => row.label).join(', ')}` };
  return { level: 'sure', confidence: `${ratio}, beyond the intervals of both` };
}

const TASK_WORDS: Readonly<Record<TaskId, string>> = {
  writes: 'writing the whole',
  reads: 'reading the whole',
  singles: 'reading one entry',
  appends: 'appending',
};

function missingTasks(asked: readonly Task[], { demand }: Wishes): string[] {
  return (Object.keys(TASK_WORDS) as TaskId[])
    .filter((id) => demand[id] > 0 && asked.every((task) => task.id !== id))
    .map((id) => TASK_WORDS[id]);
}

function missingFigures(best: readonly Candidate[], { memory }: Wishes): string[] {
  return best.flatMap(({ row, peakBytes, bytes }) => [
    ...(peakBytes === undefined && Number.isFinite(memory) ? [`peak memory of ${row.label}`] : []),
    ...(bytes === undefined ? [`file size of ${row.label}`] : []),
  ]);
}

/** The operations that a demand asks for; writing always, since the file has to be made once. */
export function operationsOf({ demand }: Wishes): OperationId[] {
  return [
    'write',
    ...(demand.reads > 0 ? (['read'] as const) : []),
    ...(demand.singles > 0 ? (['read-one'] as const) : []),
    ...(demand.appends > 0 ? (['append'] as const) : []),
  ];
}
