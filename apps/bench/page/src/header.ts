import { type ReportModel, sameData, type WorkloadResults } from '../../src/report/model.js';
import { formatBytes, formatShare } from '../../src/report/units.js';
import { type Child, checkbox, choice, h } from './dom.js';
import { nextTheme, themeTitle } from './theme.js';
import type { View } from './view.js';

/** Title, where it was measured, and the tool bar that says which data and rows the page shows. */
export function drawHeader(header: HTMLElement, view: View): void {
  const focused = document.activeElement?.getAttribute('data-key') ?? '';
  header.replaceChildren(
    h('div', { class: 'title' }, h('h1', {}, 'Which format for this data?'), themeButton()),
    h('p', { class: 'origin' }, origin(view)),
    h('div', { class: 'toolbar', role: 'group', 'aria-label': 'What the page shows' }, ...toolbar(view)),
  );
  const again = focused === '' ? null : header.querySelector<HTMLElement>(`[data-key="${focused}"]`);
  again?.focus();
  if (again instanceof HTMLInputElement && again.type === 'search')
    again.setSelectionRange(again.value.length, again.value.length);
}

function origin({ model }: View): string {
  const run = model.runs.at(-1);
  if (run === undefined) return 'FormatLab report';
  const cells = model.workloads.reduce(
    (sum, { rows, peers }) => sum + [...rows, ...peers].reduce((count, row) => count + row.cells.size, 0),
    0,
  );
  const machines = machinesOf(model);
  const where =
    machines.length > 1
      ? `${machines.length} machines, times of one shown at a time`
      : `${run.machine.cpu}, ${run.machine.cores} cores`;
  const day = new Date(run.startedAt).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const noise = model.noise === undefined ? '' : ` · noise floor ${formatShare(model.noise.share)}`;
  return `FormatLab report of ${day} · ${where} · Node ${run.machine.node}${noise} · ${cells.toLocaleString('en-US')} cells, each checked before it was timed`;
}

function toolbar(view: View): Child[] {
  const { model, current, state, change } = view;
  const data = model.workloads
    .filter(({ machine }) => machine === current.machine)
    .map((one) => ({
      value: one.key,
      title: sentence(one.workload.title),
      group: `${groupTitle(one.workload.id)}`,
    }));
  const machines = machinesOf(model);
  const used = [...new Set(current.rows.map((row) => row.compression))];
  const shown = (used as string[]).includes(state.show) ? state.show : 'all';
  return [
    choice('data', 'Data', data, current.key, (value) => change({ data: value, cell: '' })),
    machines.length > 1 &&
      choice(
        'machine',
        'Times of',
        machines.map((value) => ({ value, title: machineTitle(value, model) })),
        current.machine,
        (value) => change({ data: counterpart(current, value, model.workloads), cell: '' }),
      ),
    used.length > 1 &&
      choice(
        'show',
        'Files',
        [
          ...used.map((value) => ({ value, title: value === 'none' ? 'as they are' : `under ${value}` })),
          { value: 'all', title: 'all together' },
        ],
        shown,
        (value) => change({ show: value }),
      ),
    h(
      'label',
      { class: 'choice' },
      h('span', {}, 'Find'),
      h('input', {
        type: 'search',
        'data-key': 'find',
        value: state.find,
        placeholder: 'format or engine',
        size: 14,
        oninput: (event) => change({ find: (event.currentTarget as HTMLInputElement).value }),
      }),
    ),
    current.peers.length > 0 &&
      checkbox('peers', 'with peers: libraries of others', state.peers !== 'no', (checked) =>
        change({ peers: checked ? '' : 'no' }),
      ),
    h('span', { class: 'size' }, `${formatBytes(current.workload.dataset.bytes)} of values`),
  ];
}

const GROUPS: Readonly<Record<string, string>> = {
  array: 'One array',
  arrays: 'Many arrays',
  counter: 'Named counters',
  table: 'Tables',
  tree: 'Trees',
  messages: 'Messages between processes',
  file: 'Your files',
};

export function groupTitle(id: string): string {
  return GROUPS[id] ?? id;
}

function machinesOf({ workloads }: ReportModel): string[] {
  return [...new Set(workloads.map(({ machine }) => machine))];
}

function machineTitle(fingerprint: string, { runs }: ReportModel): string {
  const machine = runs.find((run) => run.machine.fingerprint === fingerprint)?.machine;
  const name = machine === undefined ? 'machine' : `${machine.cpu}, ${machine.cores} cores`;
  return `${name} (${fingerprint.slice(0, 6)})`;
}

/** The same data on another machine, or the first that it has. */
function counterpart(
  current: WorkloadResults,
  machine: string,
  workloads: readonly WorkloadResults[],
): string {
  const there = workloads.filter((one) => one.machine === machine);
  return (there.find((one) => sameData(one, current)) ?? there[0] ?? current).key;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function themeButton(): HTMLElement {
  const element = h(
    'button',
    {
      type: 'button',
      class: 'button theme',
      'data-key': 'theme',
      onclick: () => {
        nextTheme();
        element.textContent = themeTitle();
      },
    },
    themeTitle(),
  );
  return element;
}
