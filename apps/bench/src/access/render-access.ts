import pc from 'picocolors';
import { columns } from '../commands/columns.js';
import { formatBytes, formatMs } from '../report/units.js';
import { median } from '../statistics/quantile.js';
import { READS } from './containers.js';
import { limitChecks } from './limits.js';
import type { HttpFailure, HttpRead } from './measure-http.js';
import { WARM_UP_MS } from './measure-local.js';
import type { AccessResults, ContainerResult } from './results.js';

/** The table for a terminal. */
export function accessTable(results: AccessResults): string {
  const [head, ...rows] = localRows(results);
  return `${pc.cyan(titleOf(results))}\n${columns(head!, rows)}\n\n${notes(results).join('\n')}\n`;
}

/** The tables as Markdown: local, beside Python, over HTTP. */
export function accessMarkdown(results: AccessResults): string {
  const { machine } = results;
  return [
    `# ${titleOf(results)}`,
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}. Times are medians of calls after ${WARM_UP_MS / 1000} s of the same ones, each opens the file and closes it; appends have no warm-up.`,
    '## On the file system',
    markdown(localRows(results)),
    '## Beside Python',
    'How many times as long Python takes for the same; process start excluded.',
    markdown(pythonRows(results)),
    `## Over HTTP with ${results.latencyMs} ms latency`,
    'By a reader that has not seen the file: time, requests, bytes.',
    markdown(httpRows(results)),
    ...sliceParts(results),
    '## Limits',
    'What this project asks of itself.',
    markdown([
      ['', 'limit', 'measured', ''],
      ...limitChecks(results).map(({ title, limit, measured, passed }) => [
        title,
        limit,
        measured ?? '–',
        passed === undefined ? 'not measured' : passed ? 'passed' : '**failed**',
      ]),
    ]),
    ...notes(results),
    '',
  ].join('\n\n');
}

function titleOf({ arrays }: AccessResults): string {
  return `${arrays.count.toLocaleString('en')} arrays of ${arrays.rows} × ${arrays.columns} float64 in one file`;
}

const LOCAL_HEAD = [
  'file',
  'size',
  'list',
  'bytes',
  'read one',
  'bytes',
  'rows 10–20',
  'bytes',
  'append one',
  'written',
  'over old bytes',
  'journal',
];

function localRows(results: AccessResults): string[][] {
  const measured = results.containers.filter(({ rounds }) => rounds.length > 0);
  return [
    LOCAL_HEAD,
    ...measured.map(({ container, count, made, rounds }) => {
      const first = rounds[0]!.local;
      const ms = (of: 'list' | 'one' | 'rows' | 'append'): string =>
        formatMs(median(rounds.map(({ local }) => local[of].medianMs)));
      return [
        count === undefined ? container.title : `${container.title}, ${count} arrays`,
        formatBytes(made!.bytes),
        ...(['list', 'one', 'rows'] as const).flatMap((of) => [ms(of), formatBytes(first[of].bytes)]),
        ms('append'),
        formatBytes(first.append.written),
        formatBytes(first.append.rewritten),
        first.append.journal === undefined ? '' : formatBytes(first.append.journal),
      ];
    }),
  ];
}

function pythonRows(results: AccessResults): string[][] {
  const beside = results.containers.filter(({ rounds }) => rounds.some(({ python }) => python !== undefined));
  return [
    ['file', 'library', 'list', 'read one', 'rows 10–20', 'append one'],
    ...beside.map(({ container, rounds }) => [
      container.title,
      rounds[0]!.python!.library,
      ...(['list', 'one', 'rows', 'append'] as const).map((of) => ratioText({ rounds }, of)),
    ]),
  ];
}

/** Median of the rounds' ratios, and the least and the most of them. */
export function ratioText(
  { rounds }: Pick<ContainerResult, 'rounds'>,
  of: 'list' | 'one' | 'rows' | 'append',
): string {
  const ratios = rounds.flatMap(({ local, python }) => {
    const theirs = python?.[of];
    return theirs === undefined ? [] : [theirs / local[of].medianMs];
  });
  if (ratios.length === 0) return '';
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return `${times(median(ratios))} (${times(least)}–${times(most)})`;
}

function times(ratio: number): string {
  if (ratio >= 10) return ratio.toFixed(0);
  return ratio >= 1 ? ratio.toFixed(1) : ratio.toPrecision(2);
}

const READ_TITLES = ['list', 'read one', 'rows 10–20'];

function httpRows(results: AccessResults): string[][] {
  const measured = results.containers.filter(({ http }) => http !== undefined);
  return [
    ['file', ...['', ' in Chromium'].flatMap((where) => READ_TITLES.map((title) => `${title}${where}`))],
    ...measured.map(({ container, http, browser }) => [
      container.title,
      ...[http, browser].flatMap((reads) =>
        READS.map((of) => (reads === undefined ? '' : readText(reads[of]))),
      ),
    ]),
  ];
}

function readText(read: HttpRead | HttpFailure): string {
  if ('reason' in read) return read.reason;
  return `${formatMs(read.ms)}, ${read.requests}, ${formatBytes(read.bytes)}`;
}

function sliceParts({ slices }: AccessResults): string[] {
  return slices.flatMap((slice) => [
    `### One slice of ${formatBytes(slice.fileBytes)}`,
    `${slice.title}; [${slice.slice}], ${formatBytes(slice.sliceBytes)} of values.`,
    markdown([
      ['', 'time, requests, bytes'],
      ['Node.js', readText(slice.node)],
      ...(slice.browser === undefined ? [] : [['Chromium', readText(slice.browser)]]),
    ]),
  ]);
}

function notes(results: AccessResults): string[] {
  return results.containers.flatMap(({ container, count, failed }) => [
    ...(failed === undefined ? [] : [`${container.title}: ${failed}`]),
    ...(count === undefined
      ? []
      : [`${container.title} holds ${count} arrays: ${container.fewer?.why ?? ''}`]),
  ]);
}

function markdown(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head!), line(head!.map((_, i) => (i === 0 ? '---' : '---:'))), ...body.map(line)].join('\n');
}
