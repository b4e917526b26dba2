import {
  type Column,
  childPath,
  type Difference,
  firstDifference,
  isNDArray,
  isRecord,
  isTable,
  NDArray,
  scalarArray,
  slotsPerItem,
  Table,
  toCOrder,
  type Value,
} from '@formatlab/core';

/** Arrays up to this size are compared element by element once they are known to differ. */
const MOST_ELEMENTS = 4096;

/**
 * Every place where two values differ, as core's `firstDifference` finds it: members, elements, columns one by
 * one, so that each can be held against the losses that were reported.
 */
export function differencesOf(expected: Value, actual: Value, path = ''): Difference[] {
  const first = firstDifference(expected, actual);
  if (first === undefined) return [];
  const here: Difference = { ...first, path: `${path}${first.path}` };
  if (isNDArray(expected) || isNDArray(actual)) return arrayDifferences(expected, actual, path) ?? [here];
  if (isTable(expected) && isTable(actual)) return tableDifferences(expected, actual, path) ?? [here];
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    const found = expected.flatMap((item: Value, i) =>
      differencesOf(item, actual[i] as Value, childPath(path, i)),
    );
    return found.length > 0 ? found : [here];
  }
  if (isRecord(expected) && isRecord(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    const found = [...names].flatMap((name) => {
      const inner = childPath(path, name);
      if (!Object.hasOwn(expected, name)) return [{ path: inner, left: 'nothing', right: 'a value' }];
      if (!Object.hasOwn(actual, name)) return [{ path: inner, left: 'a value', right: 'nothing' }];
      return differencesOf(expected[name]!, actual[name]!, inner);
    });
    return found.length > 0 ? found : [here];
  }
  return [here];
}

function arrayDifferences(expected: Value, actual: Value, path: string): Difference[] | undefined {
  const [left, right] = [expected, actual].map((value) =>
    isNDArray(value) ? toCOrder(value) : scalarArray(value),
  );
  if (left === undefined || right === undefined || left.size > MOST_ELEMENTS) return undefined;
  if (left.dtype !== right.dtype || left.unit !== right.unit || left.shape.join() !== right.shape.join())
    return undefined;
  const found: Difference[] = [];
  for (let i = 0; i < left.size; i++) {
    const difference = firstDifference(elementArray(left, i), elementArray(right, i));
    if (difference !== undefined) found.push({ ...difference, path: childPath(path, i) });
  }
  return found.length > 0 ? found : undefined;
}

function elementArray(array: NDArray, index: number): NDArray {
  const slots = slotsPerItem(array.dtype);
  // A slice of the data of a dtype is data of that dtype.
  const data = array.data.slice(index * slots, (index + 1) * slots) as NDArray['data'];
  return new NDArray({ dtype: array.dtype, shape: [], data, unit: array.unit });
}

/** Column by column in their order, so that a column under a new name is one difference at its own path. */
function tableDifferences(expected: Table, actual: Table, path: string): Difference[] | undefined {
  if (expected.rows !== actual.rows || expected.columns.length !== actual.columns.length) return undefined;
  const found = expected.columns.flatMap((column, i) =>
    columnDifferences(column, actual.columns[i]!, expected.rows, childPath(path, column.name)),
  );
  return found.length > 0 ? found : undefined;
}

function columnDifferences(expected: Column, actual: Column, rows: number, path: string): Difference[] {
  if (expected.name !== actual.name)
    return [{ path, left: `column '${expected.name}'`, right: `column '${actual.name}'` }];
  const found = firstDifference(new Table(rows, [expected]), new Table(rows, [actual]));
  if (found === undefined) return [];
  const inner = found.path.split('/').slice(2);
  return [{ ...found, path: [path, ...inner].join('/') }];
}
