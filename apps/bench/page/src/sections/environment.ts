import { renderCsv } from '../../../src/report/render-csv.js';
import { formatBytes, formatShare } from '../../../src/report/units.js';
import type { RunRecord } from '../../../src/results/record.js';
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
    ...view.model.runs.flatMap(runBlock),
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

function noise({ model, current }: View): HTMLElement {
  if (model.noise !== undefined)
    return h(
      'p',
      {},
      h('b', {}, formatShare(model.noise.share)),
      ' is what one cell differs from itself when it is measured twice under two names. No smaller difference is claimed.',
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

function runBlock(run: RunRecord): HTMLElement[] {
  const { machine, settings } = run;
  return [
    h('h3', {}, `Run ${run.run}`),
    dataTable(
      `Run ${run.run}`,
      ['what', 'value'],
      [
        ['started', `${run.startedAt.slice(0, 16).replace('T', ' ')} UTC`],
        ['command', h('code', {}, `formatlab-bench ${run.command.join(' ')}`)],
        [
          'machine',
          `${machine.cpu}, ${machine.cores} cores, ${formatBytes(machine.memoryBytes)}, ${machine.platform} ${machine.release} ${machine.arch} (${machine.fingerprint})`,
        ],
        ['Node.js', machine.node],
        ['processes a cell', String(settings.repeats)],
        ['seed of data and order', String(run.seed)],
        ...run.notLoaded.map(({ package: name, reason }) => [`${name} was not loaded`, reason]),
      ],
      'environment',
    ),
  ];
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
