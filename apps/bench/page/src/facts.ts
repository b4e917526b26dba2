import { fidelityOf } from '../../src/report/losses.js';
import type { ReportModel, WorkloadResults } from '../../src/report/model.js';
import type { FormatRecord, RunRecord } from '../../src/results/record.js';
import { dataTable, h } from './dom.js';

/** What each format would lose of this data. */
export function fidelityTable(results: WorkloadResults): HTMLElement {
  const rows = results.rows
    .filter((row) => row.compression === 'none')
    .map((row) => {
      const { verdict, lines, count } = fidelityOf(row);
      const list =
        lines.length === 0
          ? 'nothing'
          : h(
              'ul',
              {},
              ...lines.slice(0, 12).map((line) => h('li', {}, line)),
              lines.length > 12 && h('li', {}, `and ${Math.max(count, lines.length) - 12} more`),
            );
      return [
        row.label,
        h('td', { class: verdict === 'exact' ? 'good' : verdict === 'lossy' ? 'warn' : 'failed' }, verdict),
        h('td', {}, verdict === 'exact' ? 'nothing' : list),
      ];
    });
  return dataTable('What does not survive', ['format', 'verdict', 'what is lost or why not'], rows);
}

/** Languages, portability and access: the questions that no stopwatch answers. */
export function factsTable(formats: readonly FormatRecord[]): HTMLElement {
  const rows = formats
    .filter((record) => record.defaultEngine && record.facts !== null)
    .map(({ title, facts, can }) => [
      title,
      facts!.languages.map(({ language, library }) => `${language} (${library})`).join(', '),
      h('ul', {}, ...facts!.portability.map(({ text, source }) => h('li', { title: source }, text))),
      h('ul', {}, ...facts!.access.map(({ text, source }) => h('li', { title: source }, text))),
      `list: ${can.list}; read one: ${can.readOne}; slice: ${can.slice}; append: ${can.append}; update: ${can.update}`,
    ]);
  return dataTable(
    'Facts of each format',
    ['format', 'languages', 'other systems and versions', 'access', 'grades, each tested'],
    rows,
    'facts',
  );
}

/** Where and how it was measured. */
export function environment(model: ReportModel): HTMLElement {
  return h('div', {}, ...model.runs.map(runBlock), versions(model));
}

function runBlock(run: RunRecord): HTMLElement {
  const { machine, settings } = run;
  return dataTable(
    `Run ${run.run}`,
    ['run', run.run],
    [
      ['started', run.startedAt],
      ['command', `formatlab-bench ${run.command.join(' ')}`],
      [
        'machine',
        `${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB, ${machine.platform} ${machine.release} ${machine.arch}`,
      ],
      ['Node.js', machine.node],
      [
        'method',
        `${settings.repeats} fresh processes a cell in random order, seed ${run.seed}; each value is read back and compared before it is timed; medians of process medians, 95 % intervals by bootstrap over processes; memory from a process of its own`,
      ],
      ...run.notLoaded.map(({ package: name, reason }) => [`${name} was not loaded`, reason]),
    ],
  );
}

function versions(model: ReportModel): HTMLElement {
  const all = new Map<string, string>();
  for (const { versions: own } of model.formats)
    for (const [name, version] of Object.entries(own)) all.set(name, version);
  return h('p', {}, `Versions: ${[...all].map(([name, version]) => `${name} ${version}`).join(', ')}`);
}
