import { type Column, isNDArray, type Table } from '@formatlab/core';

const FIRST = 0x811c9dc5;
const PRIME = 0x01000193;

/** A checksum over all values of a table, in order: the same however it is cut into batches. */
export class Checksum {
  rows = 0;
  readonly #columns = new Map<string, number>();

  add(table: Table): void {
    this.rows += table.rows;
    for (const column of table.columns)
      this.#columns.set(column.name, mix(this.#columns.get(column.name) ?? FIRST, column));
  }

  /** Rows, and each column with its checksum. */
  text(): string {
    const columns = [...this.#columns].map(([name, sum]) => `${name} ${(sum >>> 0).toString(16)}`);
    return `${this.rows} rows: ${columns.join(', ')}`;
  }
}

function mix(before: number, { name, values, valid }: Column): number {
  if (!isNDArray(values) || valid?.includes(0) === true)
    throw new TypeError(`add column '${name}': the table of this tool has flat columns without nulls`);
  const { data } = values;
  let sum = before;
  if (Array.isArray(data)) {
    for (const text of data as string[]) {
      for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), PRIME);
      sum = Math.imul(sum ^ 0xffff, PRIME);
    }
    return sum;
  }
  const { buffer, byteOffset, byteLength } = data as Float64Array;
  const words = new Int32Array(buffer, byteOffset, byteLength / 4);
  for (let i = 0; i < words.length; i++) sum = Math.imul(sum ^ words[i]!, PRIME);
  return sum;
}
