import {
  type Column,
  isRecord,
  NDArray,
  scalarType,
  Table,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import type { FloatMarks } from '../parse/nodes.js';

type Kind = 'number' | 'string' | 'boolean' | 'bytes' | 'date';

/**
 * Maps with the same names, each name with scalars of one kind or null, as a table: numbers as int64 where all are
 * integers and else float64, dates as datetime64[ms] in UTC. Undefined for others.
 */
export function tableOfMaps(list: readonly Value[], marks: FloatMarks): Table | undefined {
  const names = Object.keys(list[0] as ValueRecord);
  if (names.length === 0) return undefined;
  for (const row of list) if (!isRecord(row) || !hasNames(row, names)) return undefined;
  const rows = list as readonly ValueRecord[];
  const columns: Column[] = [];
  for (const name of names) {
    const column = columnOf(name, rows, marks);
    if (column === undefined) return undefined;
    columns.push(column);
  }
  return new Table(rows.length, columns);
}

function hasNames(row: ValueRecord, names: readonly string[]): boolean {
  let count = 0;
  for (const name in row) {
    if (names[count] !== name && !names.includes(name)) return false;
    count++;
  }
  return count === names.length;
}

function columnOf(name: string, rows: readonly ValueRecord[], marks: FloatMarks): Column | undefined {
  let kind: Kind | undefined;
  let nulls = 0;
  let float = false;
  let wide = false;
  for (const row of rows) {
    const cell = row[name]!;
    if (cell === null) {
      nulls++;
      continue;
    }
    const found = kindOf(cell);
    if (found === undefined || (kind !== undefined && kind !== found)) return undefined;
    kind = found;
    if (typeof cell === 'number') {
      if (!Number.isSafeInteger(cell) || Object.is(cell, -0) || marks.inMember(row, name)) float = true;
    } else if (typeof cell === 'bigint') {
      if (BigInt.asIntN(64, cell) !== cell) return undefined;
      wide = true;
    }
  }
  if (float && wide) return undefined;
  const shape = [rows.length];
  const cells = rows.map((row) => row[name]!);
  const nullable = nulls > 0;
  const valid = nullable ? Uint8Array.from(cells, (cell) => (cell === null ? 0 : 1)) : undefined;
  const column = (type: Column['type'], values: NDArray): Column => ({ name, type, values, valid });
  switch (kind) {
    case 'number': {
      if (float)
        return column(
          scalarType('float64', { nullable }),
          new NDArray({
            dtype: 'float64',
            shape,
            data: Float64Array.from(cells, (cell) => Number(cell ?? 0)),
          }),
        );
      // Filled by a loop: `BigInt64Array.from` takes several times as long.
      const data = new BigInt64Array(cells.length);
      for (let i = 0; i < cells.length; i++) data[i] = BigInt((cells[i] as number | bigint | null) ?? 0);
      return column(scalarType('int64', { nullable }), new NDArray({ dtype: 'int64', shape, data }));
    }
    case 'boolean': {
      const data = Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0));
      return column(scalarType('bool', { nullable }), new NDArray({ dtype: 'bool', shape, data }));
    }
    case 'bytes': {
      const data = cells.map((cell) => (cell as Uint8Array | null) ?? new Uint8Array(0));
      return column(scalarType('bytes', { nullable }), new NDArray({ dtype: 'bytes', shape, data }));
    }
    case 'date': {
      const data = BigInt64Array.from(cells, (cell) =>
        cell === null ? 0n : BigInt((cell as Date).getTime()),
      );
      return column(
        scalarType('datetime64', { nullable, unit: 'ms', zone: 'UTC' }),
        new NDArray({ dtype: 'datetime64', shape, unit: 'ms', data }),
      );
    }
    default: {
      const data = cells.map((cell) => (cell as string | null) ?? '');
      return column(scalarType('string', { nullable }), new NDArray({ dtype: 'string', shape, data }));
    }
  }
}

function kindOf(cell: Value): Kind | undefined {
  switch (typeof cell) {
    case 'number':
    case 'bigint':
      return 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    default:
      return cell instanceof Uint8Array ? 'bytes' : cell instanceof Date ? 'date' : undefined;
  }
}
