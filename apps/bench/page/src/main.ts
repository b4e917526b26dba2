import {
  OPERATION_TITLES,
  type ReportModel,
  type Row,
  reportModel,
  standings,
  type WorkloadResults,
} from '../../src/report/model.js';
import { picksOf } from '../../src/report/picks.js';
import type { OperationId, ResultRecord } from '../../src/results/record.js';
import { axisTitle, sizesChart, timesChart, tradeOffChart } from './charts.js';
import { looks } from './colours.js';
import { details } from './details.js';
import { choice, h, section } from './dom.js';
import { environment, factsTable, fidelityTable } from './facts.js';
import { matrix } from './matrix.js';
import { type Axis, readState, type State, writeState } from './state.js';

const records = JSON.parse(document.getElementById('records')!.textContent!) as ResultRecord[];
const model: ReportModel = reportModel(records);
const look = looks(model.formats.map((record) => record.format));
const app = document.getElementById('app')!;
let state = readState();

render();
window.addEventListener('hashchange', () => {
  state = readState();
  render();
});
let resizeTimer: ReturnType<typeof setTimeout> | undefined;
window.addEventListener('resize', () => {
  clearTimeout(resizeTimer);
  resizeTimer = setTimeout(render, 150);
});

function change(part: Partial<State>): void {
  state = { ...state, ...part };
  writeState(state);
  render();
}

function render(): void {
  const focused = document.activeElement?.closest('[data-key]')?.getAttribute('data-key');
  app.replaceChildren(
    header(),
    ...(model.workloads.length === 0
      ? [h('main', {}, h('p', {}, 'No cell was measured.'))]
      : [page(results())]),
  );
  if (focused !== null && focused !== undefined)
    app.querySelector<HTMLElement>(`[data-key="${focused}"] select, [data-key="${focused}"] button`)?.focus();
  openDetails();
}

function results(): WorkloadResults {
  return model.workloads[state.workload] ?? model.workloads[0]!;
}

function header(): HTMLElement {
  const run = model.runs.at(-1);
  return h(
    'header',
    {},
    h('h1', {}, 'FormatLab report'),
    h(
      'p',
      {},
      run === undefined
        ? ''
        : `${run.startedAt.slice(0, 16).replace('T', ' ')} UTC, ${run.machine.cpu}, Node ${run.machine.node}`,
    ),
    h('nav', { 'aria-label': 'Workloads' }, ...model.workloads.map((one, i) => workloadTab(one, i))),
  );
}

function workloadTab(one: WorkloadResults, index: number): HTMLElement {
  return h(
    'span',
    { 'data-key': `tab${index}` },
    h(
      'button',
      {
        type: 'button',
        class: 'tab',
        'aria-current': one === results() ? 'true' : undefined,
        onclick: () => change({ workload: index, operation: undefined, cell: undefined }),
      },
      one.workload.title,
    ),
  );
}

function page(current: WorkloadResults): HTMLElement {
  const rows =
    state.compression === 'all'
      ? current.rows
      : current.rows.filter((row) => row.compression === state.compression);
  const operation =
    current.operations.find((candidate) => candidate === state.operation) ?? current.operations[0]!;
  return h(
    'main',
    {},
    answer(current),
    h('div', { class: 'controls' }, compressionChoice(current)),
    times(current, rows, operation),
    section(
      'matrix',
      'Everything measured',
      'Times with their ratio to the best of each column. Hatched: tied with the best within the 95 % intervals. A click shows the samples.',
      matrix(current, rows, (cell) => change({ cell: cell.cell })),
    ),
    ...tradeOff(current, rows),
    ...sizes(current, rows),
    section(
      'fidelity',
      'What does not survive',
      'Every file was read back and compared value by value before anything was timed.',
      fidelityTable(current),
    ),
    section('facts', 'What no stopwatch tells', '', factsTable(model.formats)),
    section('environment', 'How this was measured', '', environment(model)),
  );
}

function answer(current: WorkloadResults): HTMLElement {
  const picks = picksOf(current);
  const { dataset } = current.workload;
  const cards = picks.map((pick) =>
    h(
      'article',
      { class: 'pick', style: `--accent:${look(pick.row.format).colour}` },
      h('h3', {}, pick.title),
      h('p', { class: 'winner' }, pick.row.label),
      h('p', {}, pick.why),
      h('p', { class: 'confidence' }, pick.confidence),
    ),
  );
  return section(
    'answer',
    'The answer for this data',
    `${current.workload.title}: ${dataset.bytes.toLocaleString('en-US')} bytes of values.`,
    picks.length === 0
      ? h('p', {}, 'No format could do this; see the reasons below.')
      : h('div', { class: 'picks' }, ...cards),
  );
}

function compressionChoice(current: WorkloadResults): HTMLElement {
  const used = [...new Set(current.rows.map((row) => row.compression))];
  const options = [
    ...used.map((value) => ({ value, title: value === 'none' ? 'plain files' : `under ${value}` })),
    ...(used.length > 1 ? [{ value: 'all', title: 'all together' }] : []),
  ];
  return keyed(
    'compression',
    choice('Show', options, state.compression, (value) =>
      change({ compression: value as State['compression'] }),
    ),
  );
}

function times(current: WorkloadResults, rows: readonly Row[], operation: OperationId): HTMLElement {
  const options = current.operations.map((value) => ({ value, title: OPERATION_TITLES[value] }));
  const ranked = standings(rows, operation);
  return section(
    'times',
    'How long it takes',
    'Median of fresh processes; the bar is its 95 % interval.',
    keyed(
      'operation',
      choice('Operation', options, operation, (value) => change({ operation: value as OperationId })),
    ),
    ranked.size === 0
      ? h('p', {}, 'No format has a time for this.')
      : figure(timesChart(ranked, look, chartWidth())),
  );
}

function tradeOff(current: WorkloadResults, rows: readonly Row[]): HTMLElement[] {
  const axes: Axis[] = [
    ...current.operations,
    ...(rows.some((row) => [...row.cells.values()].some((cell) => cell.file !== null))
      ? (['size'] as const)
      : []),
    'memory',
  ];
  const [x, y] = [axes.includes(state.x) ? state.x : axes[0]!, axes.includes(state.y) ? state.y : axes[1]!];
  const options = axes.map((value) => ({ value, title: axisTitle(value) }));
  return [
    section(
      'trade-off',
      'What it costs',
      'Lower left is better. The dashed line joins what nothing else beats in both.',
      h(
        'div',
        { class: 'controls' },
        keyed(
          'x',
          choice('Across', options, x, (value) => change({ x: value as Axis })),
        ),
        keyed(
          'y',
          choice('Up', options, y, (value) => change({ y: value as Axis })),
        ),
      ),
      figure(tradeOffChart(rows, x, y, look, chartWidth())),
    ),
  ];
}

function sizes(current: WorkloadResults, rows: readonly Row[]): HTMLElement[] {
  if (!rows.some((row) => [...row.cells.values()].some((cell) => cell.file !== null))) return [];
  return [
    section(
      'sizes',
      'How much disk space',
      'The dashed line is the size of the values themselves.',
      figure(sizesChart(rows, look, current.workload.dataset.bytes, chartWidth())),
    ),
  ];
}

function openDetails(): void {
  const cell = results()
    ?.rows.flatMap((row) => [...row.cells.values()])
    .find((candidate) => candidate.cell === state.cell);
  if (cell === undefined) return;
  const dialog = details(
    cell,
    model.runs.find((run) => run.run === cell.run),
    () => change({ cell: undefined }),
  );
  app.append(dialog);
  (dialog as HTMLDialogElement).showModal();
}

function figure(chart: Element): HTMLElement {
  return h('figure', {}, chart);
}

function keyed(key: string, element: HTMLElement): HTMLElement {
  element.setAttribute('data-key', key);
  return element;
}

function chartWidth(): number {
  return Math.min(1000, Math.max(300, document.documentElement.clientWidth - 48));
}
