import type { Compression, RootKind } from '@formatlab/core';
import { type Cell, cellOf, type FormatChoice, type Group, groupId } from './cells.js';
import { capabilitiesOf, type LoadedFormat } from './formats.js';
import type { OperationId } from './results/record.js';
import { workloadOf } from './workloads/index.js';
import type { WorkloadSpec } from './workloads/workload.js';

/** Compressions that a workload is measured with when none are named. */
const DEFAULT_COMPRESSIONS: Readonly<Record<string, readonly Compression[]>> = {
  table: ['none', 'gzip', 'zstd'],
  file: ['none', 'gzip', 'zstd'],
};

/**
 * In a compressed file every operation is the whole file again, so only these two are measured, unless
 * operations were named.
 */
const WHOLE_FILE: readonly OperationId[] = ['write', 'read'];
/** No file, or one too small to compress. */
const NEVER_COMPRESSED: readonly string[] = ['messages', 'counter'];

interface SuitePart {
  readonly operations: readonly OperationId[];
  /** Of these, what a quick run has the time for. */
  readonly quick: readonly OperationId[];
  /** What a format has to hold for it. */
  readonly root: RootKind;
}

/**
 * What a run measures that is not asked for more: the questions that tell formats apart, of the formats that can hold the
 * data, in as many cells as five minutes are enough for on two cores. `full` is every operation of every workload, and tables
 * and files compressed too.
 */
const DEFAULT_SUITE: Readonly<Record<string, SuitePart>> = {
  array: { operations: ['write', 'read'], quick: [], root: 'array' },
  arrays: { operations: ['read-one', 'append'], quick: ['read-one'], root: 'entries' },
  table: { operations: ['write', 'read'], quick: ['write', 'read'], root: 'table' },
  tree: { operations: ['read'], quick: [], root: 'tree' },
};

export type SuiteName = 'default' | 'full';
export const SUITES: readonly SuiteName[] = ['default', 'full'];

export interface Wishes {
  readonly suite: SuiteName;
  readonly quick?: boolean;
  readonly workloads: readonly WorkloadSpec[];
  readonly choices: readonly FormatChoice[];
  /** Of the choices: what can be said of them. */
  readonly formats: readonly LoadedFormat[];
  /** Whether formats were named: then each of them is measured with every workload. */
  readonly named: boolean;
  /** Undefined: the suite's own. */
  readonly compressions: readonly Compression[] | undefined;
  readonly operations: readonly OperationId[] | undefined;
}

/** The cells of a run, those of one file next to each other. */
export function suiteOf(wishes: Wishes): Cell[] {
  return wishes.workloads
    .filter((workload) => isWanted(workload, wishes))
    .flatMap((workload) =>
      choicesFor(workload, wishes).flatMap((choice) =>
        compressionsOf(workload, wishes).flatMap((compression) => {
          const group: Group = { id: groupId(workload, choice, compression), workload, choice, compression };
          return operationsOf(group, wishes).map((operation) => cellOf(group, operation));
        }),
      ),
    );
}

/** Row by row it takes several times as long as all others together: its tables tell enough, unless it was named. */
const TABLES_ONLY: readonly (string | null)[] = ['parquetjs-lite'];

function choicesFor(workload: WorkloadSpec, wishes: Wishes): readonly FormatChoice[] {
  const { choices, named } = wishes;
  if (named) return choices;
  const isTable = workload.id === 'table' || workload.id === 'file';
  if (!isShort(workload, wishes))
    return choices.filter(({ engine }) => isTable || !TABLES_ONLY.includes(engine));
  const { root } = DEFAULT_SUITE[workload.id]!;
  return choices.filter(
    (choice) => !TABLES_ONLY.includes(choice.engine) && rootsOf(choice, wishes).includes(root),
  );
}

function rootsOf({ format: id, engine }: FormatChoice, { formats }: Wishes): readonly RootKind[] {
  const loaded = formats.find(({ format }) => format.id === id);
  return loaded === undefined ? [] : capabilitiesOf(loaded.format, engine).roots;
}

function compressionsOf(workload: WorkloadSpec, wishes: Wishes): readonly Compression[] {
  if (NEVER_COMPRESSED.includes(workload.id)) return ['none'];
  if (wishes.compressions !== undefined) return wishes.compressions;
  return (isShort(workload, wishes) ? undefined : DEFAULT_COMPRESSIONS[workload.id]) ?? ['none'];
}

function operationsOf(group: Group, wishes: Wishes): OperationId[] {
  const { operations } = workloadOf(group.workload.id);
  if (wishes.operations !== undefined)
    return operations.filter((operation) => wishes.operations!.includes(operation));
  if (isShort(group.workload, wishes)) {
    const part = DEFAULT_SUITE[group.workload.id]!;
    const asked = wishes.quick === true ? part.quick : part.operations;
    return operations.filter((operation) => asked.includes(operation));
  }
  return operations.filter((operation) => group.compression === 'none' || WHOLE_FILE.includes(operation));
}

/** Counters and messages are for who asks for them. */
function isWanted({ id }: WorkloadSpec, { suite }: Wishes): boolean {
  return suite === 'full' || id === 'file' || Object.hasOwn(DEFAULT_SUITE, id);
}

function isShort({ id }: WorkloadSpec, { suite }: Wishes): boolean {
  return suite === 'default' && Object.hasOwn(DEFAULT_SUITE, id);
}
