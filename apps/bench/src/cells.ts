import type { Compression, Format } from '@formatlab/core';
import { enginesOf, type LoadedFormat } from './formats.js';
import type { OperationId, Versions } from './results/record.js';
import { workloadOf } from './workloads/index.js';
import type { WorkloadSpec } from './workloads/workload.js';

/** A format, an engine of it, and options: one row of the matrix. */
export interface FormatChoice {
  readonly format: string;
  /** Null for a format without a choice of engines. */
  readonly engine: string | null;
  /** What to import in a child process. */
  readonly module: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** A library that does the format's work without FormatLab. */
  readonly peer?: PeerChoice;
}

/** A peer that is here. */
export interface PeerChoice {
  readonly id: string;
  /** Of a peer in Python: what to start. */
  readonly python?: string;
  readonly versions: Versions;
}

/** The file that a group of cells shares: a workload in one format and compression. */
export interface Group {
  readonly id: string;
  readonly workload: WorkloadSpec;
  readonly choice: FormatChoice;
  readonly compression: Compression;
}

/** What is measured: plain data, so that it can be sent to a child process. */
export interface Cell extends Group {
  readonly operation: OperationId;
}

/** `table(100000)/parquet@hyparquet/zstd`, options in brackets behind the format. */
export function groupId(workload: WorkloadSpec, choice: FormatChoice, compression: Compression): string {
  const label = `${workload.id}(${workloadOf(workload.id).label(workload.parameters)})`;
  return [label, choiceLabel(choice), compression].join('/');
}

/** `parquet@hyparquet`, `json[mode=exact]`, `csv[peer=papaparse]`. */
export function choiceLabel(choice: Pick<FormatChoice, 'format' | 'engine' | 'options' | 'peer'>): string {
  const options = Object.entries(choice.options).map(([name, value]) => `${name}=${String(value)}`);
  if (choice.peer !== undefined) options.push(`peer=${choice.peer.id}`);
  const engine = choice.engine === null ? '' : `@${choice.engine}`;
  return `${choice.format}${engine}${options.length === 0 ? '' : `[${options.join(',')}]`}`;
}

export function cellOf(group: Group, operation: OperationId): Cell {
  return { ...group, id: `${group.id}/${operation}`, operation };
}

export function groupOf(cell: Cell): Group {
  const { operation, ...group } = cell;
  return { ...group, id: cell.id.slice(0, -operation.length - 1) };
}

/** Options for core's verbs. */
export function callOptions(choice: FormatChoice): { format: string; options: Record<string, unknown> } {
  return {
    format: choice.format,
    options: { ...choice.options, ...(choice.engine === null ? {} : { engine: choice.engine }) },
  };
}

/** Every format with each of its engines. */
export function choicesOf(
  loaded: readonly LoadedFormat[],
  optionsOf: (format: Format) => FormatChoice['options'] = () => ({}),
): FormatChoice[] {
  return loaded.flatMap(({ format, module }) =>
    enginesOf(format).map((engine) => ({ format: format.id, engine, module, options: optionsOf(format) })),
  );
}
