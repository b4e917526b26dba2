import { type Change, type Difference, differenceOf, type Verdict } from '../../../src/report/difference.js';
import { formatBytes, formatMs, formatRatio } from '../../../src/report/units.js';
import type { ResultRecord } from '../../../src/results/record.js';
import { changesChart } from '../charts/changes.js';
import { FILES_EVENT } from '../compare-drop.js';
import { button, type Child, dataTable, disclosure, h } from '../dom.js';
import { parseRecords } from '../records.js';
import { figure, lead, type Section, section, type View } from '../view.js';
import type { PageActions } from './index.js';

interface Other {
  readonly name: string;
  readonly records: readonly ResultRecord[];
  readonly skipped: number;
}

const ORDER: readonly Verdict[] = ['broken', 'slower', 'faster', 'mended', 'unknown', 'same'];
const WORDS: Readonly<Record<Verdict, string>> = {
  broken: '✕ has no time any more',
  slower: '▲ slower',
  faster: '▼ faster',
  mended: '✓ has a time now',
  unknown: '? cannot be told',
  same: '= the same',
};
const MOST_ROWS = 200;

/** Another run beside this one, cell by cell; its file is dropped on the page or chosen. */
export function compare({ replace }: PageActions): Section {
  let other: Other | undefined;
  let problem = '';
  let latest: View | undefined;
  const input = h('input', {
    id: 'compare-file',
    type: 'file',
    accept: '.jsonl,.ndjson,application/x-ndjson',
    onchange: () => void take([...(input.files ?? [])]),
  });
  const own = section('compare', 'Compare with another run', [], (view) => {
    latest = view;
    return [
      lead(
        'Drop the results.jsonl of another run on this page, or choose it: this page is the base, the file is the new one. A difference counts when the ratio’s interval excludes 1 and it exceeds both 5 % and the noise.',
      ),
      h(
        'p',
        {},
        h('label', { for: 'compare-file', class: 'file-label' }, 'Results of another run'),
        ' ',
        input,
      ),
      problem !== '' && h('p', { class: 'bad', role: 'alert' }, problem),
      ...(other === undefined ? [] : comparison(other, view, () => replace(other!.records))),
    ];
  });
  own.element.addEventListener(FILES_EVENT, (event) => {
    // Sent by acceptDrops with the dropped files.
    void take((event as CustomEvent<File[]>).detail);
    own.element.scrollIntoView();
  });

  async function take(files: readonly File[]): Promise<void> {
    const texts = await Promise.all(files.map((file) => file.text()));
    const { records, skipped } = parseRecords(texts.join('\n'));
    const cells = records.filter(({ kind }) => kind === 'cell').length;
    const name = files.map((file) => file.name).join(', ');
    problem = cells === 0 ? `${name} holds no cells of a run` : '';
    other = cells === 0 ? undefined : { name, records, skipped };
    if (latest !== undefined) own.render(latest);
  }

  return own;
}

function comparison(other: Other, view: View, onReplace: () => void): Child[] {
  const difference = differenceOf(view.records, other.records, view.noise);
  const counts = ORDER.map((verdict) => ({
    verdict,
    count: difference.changes.filter((change) => change.verdict === verdict).length,
  })).filter(({ count }) => count > 0);
  const changed = [...difference.changes].sort(byWeight);
  return [
    h('h3', {}, other.name),
    h(
      'p',
      { role: 'status' },
      ...counts.map(({ verdict, count }) =>
        h('span', { class: `verdict ${verdict}` }, `${count.toLocaleString('en-US')} ${WORDS[verdict]}`),
      ),
    ),
    ...notes(difference, other),
    difference.sameMachine && figure(changesChart(changed, view)),
    changed.length > 0 &&
      dataTable(
        'Cells of both runs',
        ['cell', 'verdict', 'base', 'new', 'ratio', 'file'],
        changed.slice(0, MOST_ROWS).map((change) => changeRow(change, view)),
        'changes',
      ),
    changed.length > MOST_ROWS && h('p', { class: 'note' }, `The ${MOST_ROWS} largest of ${changed.length}.`),
    disclosure(
      'Show the other run alone',
      h('p', {}, button(`Show ${other.name} in place of this run`, onReplace)),
    ),
  ];
}

function notes({ sameMachine, onlyBase, onlyNext }: Difference, { skipped }: Other): HTMLElement[] {
  const texts = [
    sameMachine ? '' : 'The runs are of different machines: only sizes are compared.',
    onlyBase > 0 ? `${onlyBase} cells are in this page alone.` : '',
    onlyNext > 0 ? `${onlyNext} cells are in the file alone.` : '',
    skipped > 0 ? `${skipped} lines are no records of this schema.` : '',
  ].filter((text) => text !== '');
  return texts.length === 0 ? [] : [h('p', { class: 'note' }, texts.join(' '))];
}

function changeRow({ base, next, ratio, interval, verdict, size }: Change, view: View): Child[] {
  const opener = button(base.cell, () => view.open(base), 'link');
  return [
    opener,
    h('td', { class: `verdict-cell ${verdict}` }, WORDS[verdict]),
    h('td', { class: 'number' }, base.times === null ? base.status : formatMs(base.times.medianMs)),
    h('td', { class: 'number' }, next.times === null ? next.status : formatMs(next.times.medianMs)),
    h(
      'td',
      { class: 'number' },
      ratio === undefined
        ? '–'
        : `${formatRatio(ratio)}${interval === undefined ? '' : ` (${interval.map((one) => one.toFixed(2)).join(' to ')})`}`,
    ),
    h(
      'td',
      { class: 'number' },
      size === undefined || size === 1
        ? ''
        : `${formatBytes(base.file!.bytes)} → ${formatBytes(next.file!.bytes)}`,
    ),
  ];
}

function byWeight(a: Change, b: Change): number {
  const verdicts = ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict);
  return verdicts !== 0 ? verdicts : weight(b) - weight(a);
}

function weight({ ratio, size }: Change): number {
  return Math.abs(Math.log(ratio ?? size ?? 1));
}
