import { fileBytes, type Row, rowProblem, rowStanding } from '../../../src/report/model.js';
import { picksOf } from '../../../src/report/picks.js';
import { formatBytes, formatMs, formatShare } from '../../../src/report/units.js';
import type { CellRecord, FormatRecord } from '../../../src/results/record.js';
import { button, type Child, h } from '../dom.js';
import { glyph } from '../looks.js';
import { lead, type Section, section, type View } from '../view.js';

const APPEND_GRADES = {
  tail: 'writes at the end of the file',
  footer: 'writes at the end of the file, and a new footer',
  rewrite: 'writes the whole file anew',
} as const;
const READ_GRADES = {
  seek: 'goes straight to it',
  scan: 'walks over the headers before it',
  whole: 'reads the whole file',
} as const;

/** The six questions, format by format; the answers of one are made when it is opened. */
export function questions(): Section {
  return section('questions', 'Six questions, format by format', [], (view) => {
    const rows = picksFirst(view);
    if (rows.length === 0) return [];
    return [
      lead(
        `Which languages, which machines, one more entry, one entry, memory, disk: measured on ${view.current.workload.title}.`,
      ),
      ...rows.map((row, i) => block(row, i === 0, view)),
    ];
  });
}

/** The picks' formats come first, the others by name. */
function picksFirst({ current, noise }: View): Row[] {
  const picked = picksOf(current, noise).map(({ row }) => `${row.format} ${row.engine}`);
  const plain = current.rows.filter(({ compression }) => compression === 'none');
  const isPicked = (row: Row): boolean => picked.includes(`${row.format} ${row.engine}`);
  return [...plain.filter(isPicked), ...plain.filter((row) => !isPicked(row))];
}

function block(row: Row, open: boolean, view: View): HTMLElement {
  const record = view.model.formats.find((one) => one.format === row.format && one.engine === row.engine);
  const details = h(
    'details',
    { class: 'format', open },
    h(
      'summary',
      {},
      glyph(view.look(row.format)),
      h('b', {}, row.label),
      h('span', { class: 'title-of' }, record?.title === row.label ? '' : (record?.title ?? '')),
      h('span', { class: 'brief' }, brief(row)),
    ),
  );
  const fill = (): void => {
    if (details.childElementCount === 1) details.append(answers(row, record, view));
  };
  details.addEventListener('toggle', fill);
  if (open) fill();
  window.addEventListener('beforeprint', () => {
    fill();
    details.open = true;
  });
  return details;
}

function brief(row: Row): string {
  if (rowProblem(row) !== undefined) {
    const standing = rowStanding(row);
    return standing === 'not supported' ? 'cannot hold this data' : standing;
  }
  const [append, one] = [row.cells.get('append'), row.cells.get('read-one')];
  const size = fileBytes(row);
  return [
    append?.times == null ? '' : `add ${formatMs(append.times.medianMs)}`,
    one?.times == null ? '' : `read one ${formatMs(one.times.medianMs)}`,
    size === undefined ? '' : formatBytes(size),
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function answers(row: Row, record: FormatRecord | undefined, view: View): HTMLElement {
  const facts = record?.facts ?? null;
  return h(
    'div',
    { class: 'questions' },
    question(
      'Which languages read and write it?',
      facts === null
        ? unknown()
        : h(
            'ul',
            {},
            ...facts.languages.map(({ language, library, source }) =>
              h('li', { title: source }, h('b', {}, language), ` ${library}`),
            ),
          ),
    ),
    question(
      'Can it be read on another system, architecture, version?',
      facts === null
        ? unknown()
        : h('ul', {}, ...facts.portability.map(({ text, source }) => h('li', { title: source }, text))),
    ),
    question('How long to store one more entry?', ...storeOne(row, record, view)),
    question('How long to reach one entry?', ...reachOne(row, record, view)),
    question('How much memory: the whole file, or one record?', ...memory(row)),
    question('How much disk space?', ...disk(row, view)),
  );
}

function question(title: string, ...content: readonly Child[]): HTMLElement {
  return h('div', { class: 'question' }, h('h3', {}, title), ...content);
}

function storeOne(row: Row, record: FormatRecord | undefined, view: View): Child[] {
  const cell = row.cells.get('append') ?? row.cells.get('increment');
  const grade = record === undefined ? '' : `Adding ${APPEND_GRADES[record.can.append]}.`;
  if (cell === undefined)
    return [h('p', {}, 'Not measured with this data.'), h('p', { class: 'note' }, grade)];
  return [
    timeLine(cell, view),
    cell.io !== null &&
      h(
        'p',
        {},
        `${formatBytes(cell.io.bytesWritten)} written, ${formatBytes(cell.io.bytesRewritten)} of it over what was there.`,
      ),
    h('p', { class: 'note' }, grade),
  ];
}

function reachOne(row: Row, record: FormatRecord | undefined, view: View): Child[] {
  const cell = row.cells.get('read-one') ?? row.cells.get('read-each') ?? row.cells.get('list');
  const grade = record === undefined ? '' : `Reading one ${READ_GRADES[record.can.readOne]}.`;
  if (cell === undefined)
    return [h('p', {}, 'Not measured with this data.'), h('p', { class: 'note' }, grade)];
  const size = cell.file?.bytes ?? 0;
  return [
    timeLine(cell, view),
    cell.io !== null &&
      size > 0 &&
      h(
        'p',
        {},
        `${formatBytes(cell.io.bytesRead)} read, ${formatShare(cell.io.bytesRead / size)} of the file.`,
      ),
    h('p', { class: 'note' }, grade),
  ];
}

function memory(row: Row): Child[] {
  const parts = (['write', 'read', 'read-one', 'append'] as const).flatMap((operation) => {
    const used = row.cells.get(operation)?.memory;
    if (used == null) return [];
    const names = {
      write: 'writing all',
      read: 'reading all',
      'read-one': 'reading one',
      append: 'adding one',
    };
    return [
      h(
        'li',
        {},
        h('b', {}, formatBytes(Math.max(0, used.peakBytes - used.baselineBytes))),
        ` more for ${names[operation]} (peak ${formatBytes(used.peakBytes)})`,
      ),
    ];
  });
  return parts.length === 0 ? [h('p', {}, 'Not measured with this data.')] : [h('ul', {}, ...parts)];
}

function disk(row: Row, view: View): Child[] {
  const all = view.current.rows.filter(
    (one) => one.format === row.format && one.engine === row.engine && fileBytes(one) !== undefined,
  );
  const { bytes } = view.current.workload.dataset;
  if (all.length === 0) return [h('p', {}, 'No file is made.')];
  return [
    h(
      'ul',
      {},
      ...all.map((one) => {
        const size = fileBytes(one)!;
        const name = one.compression === 'none' ? 'as it is' : `under ${one.compression}`;
        return h(
          'li',
          {},
          h('b', {}, formatBytes(size)),
          ` ${name}, ${(size / bytes).toFixed(2)} of the values`,
        );
      }),
    ),
  ];
}

function timeLine(cell: CellRecord, view: View): HTMLElement {
  if (cell.times === null)
    return h('p', { class: cell.status === 'failed' ? 'bad' : '' }, `${cell.status}: ${cell.reason ?? ''}`);
  const interval = cell.times.interval95Ms;
  return h(
    'p',
    {},
    h('b', { class: 'big' }, formatMs(cell.times.medianMs)),
    interval === null ? ' ' : ` (${interval.map(formatMs).join(' to ')}) `,
    button('details', () => view.open(cell), 'link'),
  );
}

function unknown(): HTMLElement {
  return h('p', {}, 'The package says nothing of it.');
}
