import { concatTables, type Format, ndarray, type Table, table, type Value } from '@formatlab/core';
import { lab } from './formats.js';

/** A file of ours that was changed, and what it is to hold. */
export interface Edit {
  readonly file: string;
  edit(path: string): Promise<void>;
  /** The same value written at once, and read back: with the losses of the format. */
  expected(): Promise<Value>;
}

/** Entries that are added and replaced, and tables that come in batches: other programs read what editors leave. */
export function editsOf(format: Format): readonly Edit[] {
  const { roots, batches } = format.can;
  const extension = format.id === 'numpy' ? '.npz' : format.extensions[0]!;
  const written = async (value: Value): Promise<Value> =>
    lab.decode(await lab.encode(value, format.id), { format: format.id });
  const edits: Edit[] = [];
  if (roots.includes('entries')) {
    edits.push({
      file: `edited${extension}`,
      edit: async (path) => {
        await lab.save(path, { a: numbers(1, 3000), b: numbers(2, 3) }, { format: format.id });
        const editor = await lab.edit(path, { format: format.id });
        await editor.put('/b', numbers(4, 3));
        await editor.put('/c', numbers(5, 3000));
        await editor.commit();
        await editor.close();
      },
      expected: () => written({ a: numbers(1, 3000), b: numbers(4, 3), c: numbers(5, 3000) }),
    });
  }
  if (batches.write) {
    const parts = [rows(1), rows(2), rows(3)];
    edits.push({
      file: `batches${extension}`,
      edit: async (path) => {
        const editor = await lab.edit(path, { format: format.id });
        await editor.writeBatches!('', inTurn(parts));
        await editor.commit();
        await editor.close();
      },
      expected: () => written(concatTables(parts)),
    });
  }
  return edits;
}

function numbers(seed: number, count: number): Value {
  return ndarray(Float64Array.from({ length: count }, (_, i) => seed + i / 7));
}

function rows(seed: number): Table {
  return table({
    id: BigInt64Array.from({ length: 50 }, (_, i) => BigInt(seed * 1000 + i)),
    x: Float64Array.from({ length: 50 }, (_, i) => seed + i / 3),
    name: Array.from({ length: 50 }, (_, i) => `row ${seed} ${i}`),
  });
}

async function* inTurn(tables: readonly Table[]): AsyncGenerator<Table> {
  yield* tables;
}
