import pc from 'picocolors';
import type { LoadedFormats } from '../formats.js';
import { OPERATION_TITLES } from '../report/operations.js';
import { formatBytes, formatCount, formatMs, formatRatio } from '../report/units.js';
import { convertCommand } from './convert-command.js';
import type { Measured } from './measure.js';
import type { Advice, Candidate } from './rank.js';
import type { Wishes } from './wishes.js';

const LEVEL_WORDS: Readonly<Record<Advice['level'], string>> = {
  sure: 'sure',
  likely: 'likely',
  tie: 'a tie',
  unknown: 'not sure',
};

/** The advice for a terminal. */
export function renderAdvice(input: string, advice: Advice, wishes: Wishes, measured: Measured): string {
  const { parameters } = measured.file;
  const lines = [
    `${pc.bold(String(parameters['name']))}: a ${String(parameters['what'])}, ${formatBytes(Number(parameters['bytes']))} as ${String(parameters['format'])}`,
    `asked for: ${demandLine(wishes)}`,
  ];
  if (measured.factor !== 1) lines.push(...sampleLines(measured));
  if (advice.best.length === 0) lines.push('', pc.red('no format is left: see what rules them out'));
  for (const [i, candidate] of advice.best.entries()) {
    lines.push('', ...candidateLines(i, candidate, advice));
    lines.push(`   ${pc.dim(commandOf(input, candidate, measured) ?? 'your file is one already')}`);
  }
  if (advice.others.length > 0) {
    const others = advice.others.map(({ label, ratio }) => `${label} ${formatRatio(ratio)}`);
    lines.push('', `behind them, by cost: ${others.join(', ')}`);
  }
  if (advice.ruledOut.length > 0)
    lines.push('', 'ruled out:', ...advice.ruledOut.map(({ label, reason }) => `  ${label}: ${reason}`));
  if (advice.notMeasured.length > 0)
    lines.push('', `not measured, and so without weight here: ${advice.notMeasured.join(', ')}`);
  return lines.join('\n');
}

/** The advice for a program. */
export function adviceJson(input: string, advice: Advice, wishes: Wishes, measured: Measured): string {
  const { demand, memory, lossy } = wishes;
  const { name, format, bytes, taken, what } = measured.file.parameters;
  // JSON has no Infinity: null stands for no limit.
  const finite = (number: number): number | null => (Number.isFinite(number) ? number : null);
  const candidate = (one: Candidate) => ({
    format: one.row.format,
    engine: one.row.engine,
    costPerMonth: one.cost.total,
    interval95: one.cost.interval,
    bytes: one.bytes ?? null,
    peakBytes: one.peakBytes ?? null,
    timesMs: Object.fromEntries(
      [...one.row.cells].map(([operation, { times }]) => [operation, times?.medianMs ?? null]),
    ),
    losses: one.losses,
    convert: commandOf(input, one, measured) ?? null,
  });
  const told = {
    file: { name, format, bytes, what, sample: taken === '' ? null : taken, factor: measured.factor },
    asked: { ...demand, bandwidth: finite(demand.bandwidth), memory: finite(memory), lossy },
    level: advice.level,
    confidence: advice.confidence,
    best: advice.best.map(candidate),
    others: advice.others,
    ruledOut: advice.ruledOut,
    notMeasured: advice.notMeasured,
  };
  return JSON.stringify(told, null, 2);
}

function demandLine({ demand, memory, lossy }: Wishes): string {
  const { writes, reads, singles, appends, bandwidth, storage } = demand;
  return [
    `${formatCount(writes)} × written whole, ${formatCount(reads)} × read whole, ${formatCount(singles)} × one entry read, ${formatCount(appends)} × appended to in a month`,
    ...(Number.isFinite(memory) ? [`at most ${formatBytes(memory)} of memory`] : []),
    ...(Number.isFinite(bandwidth) ? [`over ${formatBytes(bandwidth)}/s`] : []),
    `$${storage} a GB and month`,
    lossy ? 'losses allowed' : 'nothing lost',
  ].join('; ');
}

function sampleLines({ file, factor }: Measured): string[] {
  return [
    `measured on ${String(file.parameters['taken'])}; the whole is reckoned as ${formatRatio(factor)} that`,
    pc.dim(
      'assumed: what goes over the whole file grows in proportion, times, size and memory; entries that a format seeks or adds in place do not. Intervals do not cover this.',
    ),
  ];
}

function candidateLines(place: number, candidate: Candidate, advice: Advice): string[] {
  const { row, cost, bytes, peakBytes, losses } = candidate;
  const first = advice.best[0]!;
  const title =
    place === 0
      ? `recommended, ${LEVEL_WORDS[advice.level]}: ${advice.confidence}`
      : `costs ${formatRatio(cost.total / first.cost.total)} as much`;
  const times = [...row.cells.values()].flatMap(({ operation, times: found }) =>
    found === null ? [] : [`${OPERATION_TITLES[operation]} ${formatMs(found.medianMs)}`],
  );
  const sizes = [
    ...(bytes === undefined ? [] : [`file ${formatBytes(bytes)}`]),
    ...(peakBytes === undefined ? [] : [`peak memory ${formatBytes(peakBytes)}`]),
  ];
  return [
    `${place + 1}. ${pc.bold(row.label)}: ${title}`,
    `   ${[...times, ...sizes].join(', ')}`,
    `   ${losses.length === 0 ? 'loses nothing' : `loses ${losses.slice(0, 3).join('; ')}${losses.length > 3 ? '; …' : ''}`}`,
  ];
}

function commandOf(input: string, { row, format }: Candidate, measured: Measured): string | undefined {
  const { formats }: { formats: LoadedFormats } = measured;
  const from = String(measured.file.parameters['format']);
  return convertCommand(input, from, row.format, format?.extensions[0] ?? `.${row.format}`, formats);
}
