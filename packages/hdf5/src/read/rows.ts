import { type Column, childPath, NDArray, Table, Tagged, type Value } from '@formatlab/core';
import type { Member } from '../types/element-type.js';
import { columnTypeOf, type ElementContext, ElementDecoder, type Run } from './elements.js';

/** Members of compound elements as columns; the elements of the run are the rows. */
export function rowsOf(context: ElementContext, path: string, members: readonly Member[], run: Run): Table {
  return new Table(
    run.count,
    members.map((member) =>
      columnOf(context, childPath(path, member.name), member, { ...run, at: run.at + member.offset }),
    ),
  );
}

function columnOf(context: ElementContext, path: string, member: Member, run: Run): Column {
  const { name } = member;
  const type = columnTypeOf(member.type);
  const decoder = new ElementDecoder(context, path);
  if (type.kind !== 'scalar') {
    const values = Array.from({ length: run.count }, (_, i) =>
      decoder.value(member.type, run.bytes, run.at + i * run.stride),
    );
    return { name, type, values };
  }
  const { dtype, data, inner, unit } = decoder.decode(member.type, run);
  return { name, type, values: new NDArray({ dtype, shape: [run.count, ...inner], data, unit }) };
}

/** A compound of one dimension is a table; others keep their shape beside the rows. */
export function structuredValue(table: Table, shape: readonly number[]): Value {
  return shape.length === 1
    ? table
    : new Tagged('structured-array', table, { shape: [...shape], order: 'C' });
}
