import {
  allocateData,
  attributesOf,
  type Column,
  childPath,
  isDType,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  type NDArray,
  type Table,
} from '@formatlab/core';

/**
 * Walks what a decoder returned and makes sure that all of it is inside the value model: no undefined,
 * function or foreign class; typed arrays of the class that their dtype calls for, of the length that their
 * shape calls for; columns of their type.
 *
 * @throws Error that names the path
 */
export function assertValue(value: unknown, what = 'value'): void {
  const seen = new Set<object>();
  const pending: { readonly value: unknown; readonly path: string }[] = [{ value, path: '' }];
  const visit = (inner: unknown, path: string): void => void pending.push({ value: inner, path });
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const problem = problemOf(next.value, next.path, seen, visit);
    if (problem !== undefined) throw new Error(`check ${what} at '${next.path}': ${problem}`);
  }
}

type Visit = (value: unknown, path: string) => void;

function problemOf(value: unknown, path: string, seen: Set<object>, visit: Visit): string | undefined {
  if (value === null || ['boolean', 'number', 'bigint', 'string'].includes(typeof value)) return undefined;
  if (typeof value !== 'object')
    return `${value === undefined ? 'undefined' : `a ${typeof value}`} is not a value of the model`;
  if (seen.has(value)) return undefined;
  seen.add(value);
  const attributes = attributesOf(value);
  if (attributes !== undefined) visit(attributes, childPath(path, '@'));
  if (isNDArray(value)) return arrayProblem(value, path, visit);
  if (isTable(value)) return tableProblem(value, path, visit);
  if (isTagged(value)) {
    visit(value.value, path);
    if (value.attributes !== undefined) visit(value.attributes, childPath(path, '@'));
    return typeof value.tag === 'string' ? undefined : 'the tag is not a string';
  }
  if (isPairs(value)) {
    value.entries.forEach(([key, item], i) => {
      visit(key, childPath(path, 2 * i));
      visit(item, childPath(path, 2 * i + 1));
    });
    return undefined;
  }
  if (value instanceof Date || value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) visit(value[i], childPath(path, i));
    return undefined;
  }
  if (!isRecord(value)) return `a ${kindOfValue(value)} is not a value of the model`;
  for (const name of Object.keys(value)) {
    if (Object.getOwnPropertyDescriptor(value, name)?.get !== undefined)
      return `member '${name}' is a getter`;
    visit(value[name], childPath(path, name));
  }
  return undefined;
}

function arrayProblem(array: NDArray, path: string, visit: Visit): string | undefined {
  const { dtype, shape, data, unit } = array;
  if (!isDType(dtype)) return `dtype '${dtype}' does not exist`;
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0))
    return `shape [${shape}] is not one of whole numbers`;
  const wanted = allocateData(dtype, 0).constructor;
  // A Buffer is a Uint8Array, and what Node's own functions return.
  const right = Array.isArray(data) ? wanted === Array : data instanceof wanted;
  if (!right) return `data of ${dtype} is a ${data?.constructor?.name}, not a ${wanted.name}`;
  const timed = dtype === 'datetime64' || dtype === 'timedelta64';
  if (timed !== (typeof unit === 'string' && unit !== '')) return `${dtype} has unit '${unit}'`;
  if (dtype === 'bool' && !(data as Uint8Array).every((bit) => bit === 0 || bit === 1))
    return 'a bool is neither 0 nor 1';
  return itemsProblem(array, path, visit);
}

function itemsProblem({ dtype, data }: NDArray, path: string, visit: Visit): string | undefined {
  if (dtype !== 'string' && dtype !== 'bytes' && dtype !== 'object') return undefined;
  for (let i = 0; i < data.length; i++) {
    const item: unknown = data[i];
    if (dtype === 'string' && typeof item !== 'string')
      return `element ${i} of a string array is a ${typeof item}`;
    if (dtype === 'bytes' && !(item instanceof Uint8Array))
      return `element ${i} of a bytes array is a ${typeof item}`;
    if (dtype === 'object') visit(item, childPath(path, i));
  }
  return undefined;
}

function tableProblem(table: Table, path: string, visit: Visit): string | undefined {
  if (!Number.isSafeInteger(table.rows) || table.rows < 0) return `a table of ${table.rows} rows`;
  for (const column of table.columns) {
    const problem = columnProblem(column, table.rows, childPath(path, column.name), visit);
    if (problem !== undefined) return `column '${column.name}': ${problem}`;
  }
  return undefined;
}

function columnProblem(
  { name, type, values, valid }: Column,
  rows: number,
  path: string,
  visit: Visit,
): string | undefined {
  if (typeof name !== 'string') return 'the name is not a string';
  const length = isNDArray(values) ? values.shape[0] : values?.length;
  if (length !== rows) return `has ${length} values for ${rows} rows`;
  if (valid !== undefined) {
    if (!(valid instanceof Uint8Array) || valid.length !== rows)
      return `validity is not one byte for each of ${rows} rows`;
    if (valid.includes(0) && !type.nullable) return 'holds nulls, but its type is not nullable';
  }
  if (type.kind === 'scalar') {
    if (isNDArray(values) && values.dtype !== type.dtype)
      return `type is ${type.dtype}, values are ${values.dtype}`;
    if (isNDArray(values) && values.unit !== type.unit && type.decimal === undefined)
      return `unit is '${type.unit}', that of the values '${values.unit}'`;
  } else if (!['list', 'struct', 'map'].includes(type.kind)) return 'the type is of no known kind';
  if (isNDArray(values)) visit(values, path);
  else values.forEach((item, row) => visit(valid?.[row] === 0 ? null : item, childPath(path, row)));
  return undefined;
}
