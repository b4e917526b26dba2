import { type Capabilities, COMPRESSIONS } from '@formatlab/core';
import pc from 'picocolors';
import { enginesOf, loadFormats } from '../formats.js';
import { OPERATIONS } from '../operations/index.js';
import { WORKLOADS } from '../workloads/index.js';
import { columns } from './columns.js';

/** What can be measured. */
export async function list(flags: { readonly plugin: readonly string[] }): Promise<void> {
  const { formats, notLoaded } = await loadFormats(flags.plugin);
  const rows = formats.flatMap(({ format }) =>
    enginesOf(format).map((engine) => {
      const can =
        engine === null || engine === format.defaultEngine
          ? format.can
          : (format.engines?.[engine]?.can ?? format.can);
      return [
        engine === null ? format.id : `${format.id}:${engine}`,
        format.extensions.join(' '),
        ...capabilityCells(can),
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
}

function capabilityCells(can: Capabilities): string[] {
  return [can.roots.join(' '), can.list, can.readOne, can.slice, can.append, can.update];
}

function section(title: string, body: string): void {
  console.log(`${pc.cyan(title)}\n${body}\n`);
}
