import type { CellRecord, OperationId } from '../../src/results/record.js';

/** What the reader has chosen; it stands in the address, so that a link shows the same. */
export interface State {
  readonly workload: number;
  readonly operation: OperationId | undefined;
  readonly compression: CellRecord['compression'] | 'all';
  readonly x: Axis;
  readonly y: Axis;
  /** Cell whose details are open. */
  readonly cell: string | undefined;
}

export type Axis = OperationId | 'size' | 'memory';

const INITIAL: State = {
  workload: 0,
  operation: undefined,
  compression: 'none',
  x: 'size',
  y: 'read',
  cell: undefined,
};

export function readState(): State {
  const given = new URLSearchParams(location.hash.slice(1));
  return {
    workload: Number(given.get('workload') ?? INITIAL.workload),
    // Choices that the data does not have fall back where they are used.
    operation: (given.get('operation') as OperationId | null) ?? undefined,
    compression: (given.get('compression') as State['compression'] | null) ?? INITIAL.compression,
    x: (given.get('x') as Axis | null) ?? INITIAL.x,
    y: (given.get('y') as Axis | null) ?? INITIAL.y,
    cell: given.get('cell') ?? undefined,
  };
}

export function writeState(state: State): void {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (value !== undefined && value !== INITIAL[name as keyof State]) params.set(name, String(value));
  }
  history.replaceState(null, '', `#${params}`);
}
