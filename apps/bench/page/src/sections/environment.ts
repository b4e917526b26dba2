import { noiseOf } from '../../../src/report/noise.js';
import { renderCsv } from '../../../src/report/render-csv.js';
import { formatBytes, formatShare } from '../../../src/report/units.js';
import { button, dataTable, disclosure, h } from '../dom.js';
import { lead, type Section, section, type View } from '../view.js';

/** Where and how it was measured, how sure it is, and the raw data. */
export function environment(): Section {
  return section('environment', 'How this was measured', [], (view) => [
    lead('Enough to doubt it, and to do it again.'),
    h(
      'div',
      { class: 'controls' },
      button('Download the raw data (JSON lines)', () =>
        download('results.jsonl', 'application/x-ndjson', rawText(view)),
      ),
      button('Download one line a cell (CSV)', () =>
        download('report.csv', 'text/csv', renderCsv(view.model)),
      ),
    ),
    h('h3', {}, 'Method'),
    h('ul', { class: 'method' }, ...METHOD.map((line) => h('li', {}, line))),
    h('h3', {}, 'Noise'),
    noise(view),
    ...runTable(view),
    versions(view),
  ]);
}

const METHOD = [
  'Every cell is checked first, in a process of its own: what comes back is compared with what went in, to the bit. Only what passes is timed.',
  'Then it is timed in fresh processes, in random order, each block holding every cell once. Warm-up lasts until two halves agree; samples fill at least 20 ms; garbage is collected outside the timer.',
  'The figure is the median of the processes’ medians. Intervals hold 95 %, by a bootstrap that draws processes first. No sample is dropped.',
  'Two rows are called tied where their intervals overlap or their difference is below the noise. Ratios are never ranked across machines; sizes and bytes are exact.',
  'Memory comes from a process that does the operation once: the highest resident size, next to what was there before.',
  'Bytes are counted where the format asks for them.',
];

function noise({ noise: share, current }: View): HTMLElement {
  if (share > 0)
    return h(
      'p',
      {},
      h('b', {}, formatShare(share)),
      ' is what one cell differed from itself when it was measured twice under two names, in the runs of this data. No smaller difference is claimed.',
    );
  const spreads = current.rows
    .flatMap((row) => [...row.cells.values()])
    .flatMap(({ times }) =>
      times?.interval95Ms == null
        ? []
        : [(times.interval95Ms[1] - times.interval95Ms[0]) / 2 / times.medianMs],
    )
    .sort((a, b) => a - b);
  const middle = spreads[Math.floor(spreads.length / 2)];
  return h(
    'p',
    {},
    'This run did not measure one cell twice. ',
    middle === undefined
      ? 'It had too few processes for intervals.'
      : `Half of the intervals of this data are narrower than ± ${formatShare(middle)}.`,
  );
}

/** The runs below each other, then the machines. */
function runTable({ model, records }: View): HTMLElement[] {
  const rows = model.runs.map((run) => {
    const floor = noiseOf(records.filter((record) => record.kind === 'noise' && record.run === run.run));
    const { repeats, mostRepeats = repeats } = run.settings;
    return [
      run.run,
      h('code', {}, `formatlab-bench ${run.command.join(' ')}`),
      `${run.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
      h('td', { class: 'number' }, mostRepeats > repeats ? `${repeats} to ${mostRepeats}` : String(repeats)),
      h('td', { class: 'number' }, floor === undefined ? '–' : formatShare(floor.share)),
      h('td', { class: 'number' }, String(run.seed)),
      run.machine.fingerprint.slice(0, 6),
    ];
  });
  const machines = new Map(model.runs.map(({ machine }) => [machine.fingerprint, machine]));
  return [
    h('h3', {}, model.runs.length === 1 ? 'Run' : 'Runs'),
    dataTable(
      'Runs',
      ['run', 'command', 'started', right('processes a cell'), right('noise'), right('seed'), 'machine'],
      rows,
      'environment',
    ),
    h('h3', {}, machines.size === 1 ? 'Machine' : 'Machines'),
    dataTable(
      'Machines',
      ['machine', 'processor', right('cores'), right('memory'), 'system', 'Node.js'],
      [...machines.values()].map((machine) => [
        machine.fingerprint.slice(0, 6),
        machine.cpu,
        h('td', { class: 'number' }, machine.cores),
        h('td', { class: 'number' }, formatBytes(machine.memoryBytes)),
        `${machine.platform} ${machine.release} ${machine.arch}`,
        machine.node,
      ]),
    ),
    ...model.runs.flatMap(({ notLoaded }) =>
      notLoaded.map(({ package: name, reason }) =>
        h('p', { class: 'note' }, `${name} was left out: ${reason}`),
      ),
    ),
  ];
}

function right(title: string): HTMLElement {
  return h('th', { scope: 'col', class: 'number' }, title);
}

function versions({ model }: View): HTMLElement {
  const all = new Map<string, string>();
  for (const { versions: own } of model.formats)
    for (const [name, version] of Object.entries(own ?? {})) all.set(name, version);
  return disclosure(
    `Versions of ${all.size} packages`,
    h('p', {}, [...all].map(([name, version]) => `${name} ${version}`).join(', ')),
  );
}

function rawText({ records }: View): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  h('a', { href: url, download: name }).click();
  // The browser has taken hold of the data by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
