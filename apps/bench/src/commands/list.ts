import { type Capabilities, COMPRESSIONS } from '@formatlab/core';
import pc from 'picocolors';
import { type Cell, choiceLabel } from '../cells.js';
import { capabilitiesOf, enginesOf, type LoadedFormat, loadFormats } from '../formats.js';
import { OPERATIONS } from '../operations/index.js';
import { suiteOf } from '../suite.js';
import { DEFAULT_WORKLOADS, WORKLOADS, workloadOf } from '../workloads/index.js';
import { columns } from './columns.js';
import { parseChoices } from './parse.js';

/** What can be measured. */
export async function list(flags: { readonly plugin: readonly string[] }): Promise<void> {
  const { formats, notLoaded } = await loadFormats(flags.plugin);
  const rows = formats.flatMap(({ format }) =>
    enginesOf(format).map((engine) => {
      return [
        engine === null ? format.id : `${format.id}:${engine}`,
        format.extensions.join(' '),
        ...capabilityCells(capabilitiesOf(format, engine)),
      ];
    }),
  );
  section(
    'formats',
    columns(['format:engine', 'extensions', 'holds', 'list', 'read one', 'slice', 'append', 'update'], rows),
  );
  for (const { package: name, reason } of notLoaded)
    console.log(pc.yellow(`${name} was not loaded: ${reason}`));
  section(
    'workloads',
    columns(
      ['workload', 'data', 'operations'],
      WORKLOADS.map(({ id, summary, operations }) => [id, summary, operations.join(' ')]),
    ),
  );
  section(
    'operations',
    columns(
      ['operation', 'what is done'],
      OPERATIONS.map(({ id, summary }) => [id, summary]),
    ),
  );
  section('compressions', COMPRESSIONS.join(' '));
  const cells = defaultSuite(formats);
  section(`default suite: ${cells.length} cells`, suiteTable(cells));
}

/** What `run` without arguments measures of these formats. */
function defaultSuite(formats: readonly LoadedFormat[]): Cell[] {
  return suiteOf({
    suite: 'default',
    workloads: DEFAULT_WORKLOADS.map((id) => ({ id, parameters: workloadOf(id).defaults })),
    choices: parseChoices(undefined, formats, []),
    formats,
    named: false,
    compressions: undefined,
    operations: undefined,
  });
}

/** One line for each operation of a workload, with the formats that it is measured of. */
function suiteTable(cells: readonly Cell[]): string {
  const rows = new Map<string, string[]>();
  for (const { workload, operation, choice } of cells) {
    const asked = `${workload.id}(${workloadOf(workload.id).label(workload.parameters)}) ${operation}`;
    rows.set(asked, [...(rows.get(asked) ?? []), choiceLabel(choice)]);
  }
  return columns(
    ['question', 'cells', 'formats'],
    [...rows].map(([asked, labels]) => [asked, String(labels.length), labels.join(' ')]),
  );
}

function capabilityCells(can: Capabilities): string[] {
  return [can.roots.join(' '), can.list, can.readOne, can.slice, can.append, can.update];
}

function section(title: string, body: string): void {
  console.log(`${pc.cyan(title)}\n${body}\n`);
}
