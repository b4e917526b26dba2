import { type Capabilities, createLab, type Format, FormatError, type Lab } from '@formatlab/core';
import { type Cell, callOptions, type FormatChoice, type Group } from '../cells.js';
import { capabilitiesOf, formatsOfModule } from '../formats.js';
import type { GroupFiles } from '../processes/job.js';

/** A format loaded in this process, with the calls that use it. */
export interface Setup {
  readonly lab: Lab;
  readonly format: Format;
  /** Of the chosen engine. */
  readonly can: Capabilities;
  /** For every verb. */
  readonly call: { readonly format: string; readonly options: Record<string, unknown> };
  /** Time that importing the format's code took, in ms. */
  readonly importMs: number;
}

export interface CellSetup extends Setup {
  readonly cell: Cell;
  readonly files: GroupFiles;
  readonly way: number;
}

/** @throws FormatError `not-found` when the module no longer brings the format */
export async function setUp(choice: FormatChoice): Promise<Setup> {
  const start = performance.now();
  const loaded = await formatsOfModule(choice.module);
  const importMs = performance.now() - start;
  const format = loaded.find(({ format: { id } }) => id === choice.format)?.format;
  if (format === undefined)
    throw new FormatError(
      'not-found',
      `load format '${choice.format}' from '${choice.module}': it is not there`,
    );
  return {
    lab: createLab(loaded.map((one) => one.format)),
    format,
    can: capabilitiesOf(format, choice.engine),
    call: callOptions(choice),
    importMs,
  };
}

/** For saving in the group's format and compression. */
export function saveOptions(
  setup: Setup,
  group: Pick<Group, 'compression'>,
): Setup['call'] & Pick<Group, 'compression'> {
  return { ...setup.call, compression: group.compression };
}
