import {
  type Change,
  type Difference,
  differenceOf,
  isLarge,
  type Verdict,
} from '../../../src/report/difference.js';
import { type Drift, driftOf } from '../../../src/report/drift.js';
import { noiseOf } from '../../../src/report/noise.js';
import { formatBytes, formatMs, formatRatio, formatShare } from '../../../src/report/units.js';
import { changesChart } from '../charts/changes.js';
import { FILES_EVENT } from '../compare-drop.js';
import { button, type Child, dataTable, disclosure, h } from '../dom.js';
import { type OtherRun, readOther } from '../other-run.js';
import { figure, lead, type Section, section, type View } from '../view.js';
import type { PageActions } from './index.js';

const ORDER: readonly Verdict[] = ['broken', 'slower', 'faster', 'mended', 'unknown', 'same'];
const WORDS: Readonly<Record<Verdict, string>> = {
  broken: '✕ no time any more',
  slower: '▲ slower',
  faster: '▼ faster',
  mended: '✓ has a time now',
  unknown: '? cannot be told',
  same: '= the same',
};
const MOST_ROWS = 200;

/** Another run beside this one, cell by cell; its file is dropped on the page or chosen. */
export function compare({ replace }: PageActions): Section {
  let other: OtherRun | undefined;
  let problem = '';
  let latest: View | undefined;
  const input = h('input', {
    id: 'compare-file',
    type: 'file',
    multiple: true,
    class: 'hidden',
    accept: '.jsonl,.ndjson,.html,application/x-ndjson',
    onchange: () => void take([...(input.files ?? [])]),
  });
  const own = section('compare', 'Compare with another run', [], (view) => {
    latest = view;
    return [
      lead(
        'This page is the base, the file is the new run. A difference counts when the 95 % interval of the ratio excludes 1 and it exceeds both 5 % and the noise floor, and it stands among as many comparisons (Holm): the rule of ',
        h('code', {}, 'formatlab-bench compare'),
        '.',
      ),
      h(
        'div',
        { class: 'drop' },
        input,
        h('label', { for: 'compare-file', class: 'button' }, 'Choose results of another run'),
        h('span', {}, 'or drop its results.jsonl or report.html anywhere on this page'),
      ),
      problem !== '' && h('p', { class: 'bad', role: 'alert' }, `✕ ${problem}`),
      ...(other === undefined ? [] : comparison(other, view, () => replace(other!.records))),
    ];
  });
  own.element.addEventListener(FILES_EVENT, (event) => {
    // Sent by acceptDrops with the dropped files.
    void take((event as CustomEvent<File[]>).detail);
    own.element.scrollIntoView();
  });

  async function take(files: readonly File[]): Promise<void> {
    const found = await readOther(files);
    problem = typeof found === 'string' ? found : '';
    other = typeof found === 'string' ? undefined : found;
    if (latest !== undefined) own.render(latest);
  }

  return own;
}

function comparison(other: OtherRun, view: View, onReplace: () => void): Child[] {
  const noise = Math.max(view.noise, noiseOf(other.records)?.share ?? 0);
  const drift = driftOf(view.records, other.records);
  const difference = differenceOf(view.records, other.records, noise, { drift: drift.ratio });
  const counts = ORDER.map((verdict) => ({
    verdict,
    count: difference.changes.filter((change) => change.verdict === verdict).length,
  })).filter(({ count }) => count > 0);
  const changed = [...difference.changes].sort(byWeight);
  const told = changed.filter(differs);
  const unclear = changed.filter((change) => !differs(change) && looksOther(change, noise));
  const equal = changed.filter((change) => !differs(change) && !looksOther(change, noise));
  if (changed.length === 0)
    return [
      h('h3', {}, other.name),
      h(
        'p',
        { role: 'status' },
        `None of its ${difference.onlyNext.toLocaleString('en-US')} cells is in this page: compare runs of the same workloads, sizes and formats.`,
      ),
    ];
  return [
    h('h3', {}, other.name),
    h(
      'p',
      { role: 'status' },
      ...counts.map(({ verdict, count }) =>
        h('span', { class: `verdict ${verdict}` }, `${count.toLocaleString('en-US')} ${WORDS[verdict]}`),
      ),
    ),
    h(
      'p',
      { class: 'note' },
      noise > 0
        ? `Noise floor: ${formatShare(noise)}, the larger of both runs.`
        : 'Neither run measured its noise.',
    ),
    ...notes(difference, other, drift),
    changed.some(({ ratio }) => ratio !== undefined) && figure(changesChart(changed, view)),
    told.length === 0
      ? h('p', {}, 'No difference that could be claimed, and no file of another size.')
      : changeTable('Cells that differ', told, view),
    unclear.length > 0 &&
      disclosure(
        `${unclear.length.toLocaleString('en-US')} not told apart, though the medians differ: measure again with more processes`,
        changeTable('Cells that are not told apart', unclear, view),
      ),
    equal.length > 0 &&
      disclosure(
        `${equal.length.toLocaleString('en-US')} without a difference that could be claimed`,
        changeTable('Cells without a difference', equal, view),
      ),
    disclosure(
      'Show the other run alone',
      h('p', {}, button(`Show ${other.name} in place of this run`, onReplace)),
    ),
  ];
}

function changeTable(title: string, changes: readonly Change[], view: View): HTMLElement {
  const right = (text: string): HTMLElement => h('th', { scope: 'col', class: 'number' }, text);
  const table = dataTable(
    title,
    ['cell', 'verdict', right('base'), right('new'), right('ratio (95 %)'), right('file')],
    changes.slice(0, MOST_ROWS).map((change) => changeRow(change, view)),
    'changes',
  );
  if (changes.length <= MOST_ROWS) return table;
  return h('div', {}, table, h('p', { class: 'note' }, `The ${MOST_ROWS} largest of ${changes.length}.`));
}

function looksOther({ ratio, interval }: Change, noise: number): boolean {
  return ratio !== undefined && interval !== undefined && isLarge(ratio, noise);
}

/** Files that grew or shrank are told, also where the times are the same. */
function differs({ verdict, size }: Change): boolean {
  return verdict !== 'same' || (size !== undefined && size !== 1);
}

function notes(
  { sameMachine, changes, onlyBase, onlyNext }: Difference,
  { skipped }: OtherRun,
  { ratio, known, restarted }: Drift,
): HTMLElement[] {
  const apart = changes.filter(({ base, next }) => base.machine !== next.machine).length;
  const texts = [
    sameMachine ? '' : `${apart} cells are of different machines: only their sizes are compared.`,
    known && apart < changes.length
      ? `Work that has nothing to do with formats took ${formatRatio(ratio)} as long in the new run: every interval is widened by that.`
      : '',
    restarted ? 'The machine was started anew between the runs, or they are of two of one make.' : '',
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
