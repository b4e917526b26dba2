import { FormatError } from '../errors.js';
import { attributesOf, withAttributes } from '../values/attributes.js';
import { isNDArray } from '../values/nd-array.js';
import { type Column, type ColumnType, isTable, Table } from '../values/table.js';
import { kindOfValue, type Value } from '../values/value.js';

/**
 * Batches as parts of one table: all have the columns and types of the first one. Where that has no nulls by its type,
 * none of them has any.
 *
 * @throws FormatError `unsupported` that tells the batch and the column
 */
export async function* alikeBatches(batches: AsyncIterable<Table>): AsyncGenerator<Table> {
  let first: Table | undefined;
  let number = 0;
  for await (const batch of batches) {
    checkTable(batch, number);
    first ??= batch;
    yield batch === first ? batch : alike(batch, first, number);
    number++;
  }
}

function checkTable(batch: Value, number: number): void {
  if (isTable(batch)) return;
  throw new FormatError(
    'unsupported',
    `write batch ${number}: it is ${kindOfValue(batch)}, batches are tables`,
    { found: kindOfValue(batch), supported: ['table'] },
  );
}

function alike(batch: Table, first: Table, number: number): Table {
  const names = ({ columns }: Table): string => columns.map(({ name }) => name).join(', ');
  if (names(batch) !== names(first))
    throw new FormatError(
      'unsupported',
      `write batch ${number} with columns [${names(batch)}]: the first one has [${names(first)}]`,
      { supported: first.columns.map(({ name }) => name) },
    );
  const columns = batch.columns.map((column, i) => alikeColumn(column, first.columns[i]!, number));
  const table = new Table(batch.rows, columns);
  const attributes = attributesOf(batch);
  return attributes === undefined ? table : withAttributes(table, attributes);
}

function alikeColumn(column: Column, first: Column, number: number): Column {
  const { name, type, values, valid } = column;
  const refuse = (found: string, wanted: string): never => {
    throw new FormatError(
      'unsupported',
      `write column '${name}' of batch ${number}: it is ${found}, in the first batch it is ${wanted}`,
      { path: `/${name}`, found, supported: [wanted] },
    );
  };
  const [here, there] = [textOf(type), textOf(first.type)];
  if (here !== there) refuse(here, there);
  const [inner, wanted] = [shapeOf(column), shapeOf(first)];
  if (inner !== wanted) refuse(inner, wanted);
  if (first.type.nullable) return { ...column, type: first.type };
  if (valid?.includes(0) === true) refuse('with nulls', 'not nullable by its type');
  return { name, type: first.type, values };
}

/** A type without whether it may be null, which is looked at by itself. */
function textOf(type: ColumnType): string {
  switch (type.kind) {
    case 'scalar': {
      const { dtype, unit, zone, decimal } = type;
      const more = [unit, zone, decimal === undefined ? undefined : `${decimal.precision}.${decimal.scale}`];
      return [dtype, ...more.filter((part) => part !== undefined)].join(' ');
    }
    case 'list':
      return `list of ${textOf(type.item)}`;
    case 'map':
      return `map of ${textOf(type.key)} to ${textOf(type.value)}`;
    case 'struct':
      return `struct of ${type.fields.map((field) => `${field.name}: ${textOf(field.type)}`).join(', ')}`;
  }
}

function shapeOf({ values }: Column): string {
  return isNDArray(values) ? `of shape [${values.shape.slice(1)}]` : 'a list of values';
}
