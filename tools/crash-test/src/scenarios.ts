import { type EditFile, ndarray, type Table, table, type Value } from '@formatlab/core';
import { lab } from './formats.js';

/** One change to a file, and the file that it is made to. */
export interface Scenario {
  readonly format: string;
  readonly kind: 'append' | 'update' | 'remove';
  readonly what: string;
  /** Name of the file, which says its format. */
  readonly name: string;
  readonly before: Value;
  /** Options of the format. */
  readonly options?: Readonly<Record<string, unknown>>;
  change(file: EditFile): Promise<void>;
}

/** Options under which a file is several values one behind the other. */
const SEQUENCES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  msgpack: { stream: true },
  pickle: { stream: true },
  yaml: { documents: 'list' },
};

/** Elements of an entry: several pages of most formats. */
const COUNT = 2000;

export function numbers(seed: number, count = COUNT): Value {
  return ndarray(Float64Array.from({ length: count }, (_, i) => seed + i / 7));
}

export function rows(seed: number, count = 200): Table {
  return table({
    id: BigInt64Array.from({ length: count }, (_, i) => BigInt(seed * 1000 + i)),
    x: Float64Array.from({ length: count }, (_, i) => seed + i / 3),
    name: Array.from({ length: count }, (_, i) => `row ${seed} ${i}`),
  });
}

/** What may be changed of a file of each format. */
export function scenariosOf(id: string): Scenario[] {
  const { can, extensions } = lab.formats.get(id);
  const base = { format: id, name: `file${extensions[0]}` };
  const roots = new Set(can.roots);
  const scenarios: Scenario[] = [];
  const add = (
    kind: Scenario['kind'],
    what: string,
    before: Value,
    change: Scenario['change'],
    name = base.name,
  ): void => {
    scenarios.push({ ...base, name, kind, what, before, change });
  };
  if (roots.has('entries')) {
    const name = id === 'numpy' ? 'file.npz' : base.name;
    const entries = { a: numbers(1), b: numbers(2), c: numbers(3) };
    add('append', 'an entry', entries, async (file) => file.put('/d', numbers(4)), name);
    add(
      'append',
      'two entries at once',
      entries,
      async (file) => {
        await file.put('/d', numbers(4));
        await file.put('/e', numbers(5));
      },
      name,
    );
    add('update', 'an entry of the same size', entries, async (file) => file.put('/b', numbers(9)), name);
    add(
      'update',
      'an entry that grows',
      entries,
      async (file) => file.put('/b', numbers(9, 2 * COUNT)),
      name,
    );
    add('remove', 'an entry', entries, async (file) => file.remove('/b'), name);
  }
  if (roots.has('table')) {
    const whole = !roots.has('entries');
    const before = whole ? rows(1) : { t: rows(1) };
    const path = whole ? '' : '/t';
    if (whole || id !== 'numpy')
      add('append', 'rows of a table', before, async (file) => file.append(path, rows(2)));
    if (whole) add('update', 'the table', before, async (file) => file.put('', rows(3, 300)));
  }
  if (can.batches.write) {
    const path = roots.has('entries') ? '/more' : '';
    const before = path === '' ? rows(1) : { a: numbers(1) };
    add('append', 'batches of a table', before, async (file) =>
      file.writeBatches!(path, inTurn([rows(2), rows(3)])),
    );
  }
  const options = SEQUENCES[id];
  if (options !== undefined)
    scenarios.push({
      ...base,
      kind: 'append',
      what: 'values to a sequence',
      before: [numbers(1), numbers(2)],
      options,
      change: async (file) => file.append('', [numbers(3), numbers(4)]),
    });
  if (roots.has('array') && !roots.has('tree')) {
    const name = id === 'parquet' ? undefined : base.name;
    if (name !== undefined) {
      add('append', 'a slab of an array', matrix(1), async (file) => file.append('', matrix(2)), name);
      add('update', 'the array', matrix(1), async (file) => file.put('', matrix(3)), name);
    }
  }
  return scenarios;
}

async function* inTurn(tables: readonly Table[]): AsyncGenerator<Table> {
  yield* tables;
}

function matrix(seed: number): Value {
  return ndarray(
    Float64Array.from({ length: 600 }, (_, i) => seed + i / 7),
    [100, 6],
  );
}
