import { type Column, type ColumnType, type Source, scalarType, Table } from '@formatlab/core';
import { rulesOf } from '../options.js';
import { ColumnBuilder, type ColumnFacts, isExact, joinFacts } from '../parse/column-builder.js';
import type { TableRows } from '../parse/tables.js';
import type { LinesContext } from './decode.js';
import { readLineBlocks } from './line-blocks.js';
import { readBlock } from './read-rows.js';

/** A column as all lines have it. */
export interface LinesColumn {
  readonly name: string;
  readonly facts: ColumnFacts;
  readonly type: ColumnType;
}

/** What a pass over all lines finds. */
export interface LinesScan {
  readonly rows: number;
  readonly columns: readonly LinesColumn[];
  /** Where the blocks begin, in order. */
  readonly marks: readonly { readonly row: number; readonly at: number }[];
  /** Numbers of more digits than the double that they became. */
  readonly rounded: number;
}

/**
 * The columns of all lines, found block by block: the same as those of the whole. Undefined where they are no rows of
 * one table.
 */
export async function scanTypes(
  source: Source,
  context: LinesContext & Parameters<typeof readLineBlocks>[1],
): Promise<LinesScan | undefined> {
  const { tables } = rulesOf(context.options);
  if (tables === 'never') return undefined;
  const always = tables === 'always';
  const facts = new Map<string, ColumnFacts>();
  const marks: { row: number; at: number }[] = [];
  let rows = 0;
  let rounded = 0;
  for await (const block of readLineBlocks(source, context)) {
    const read = readBlock(block, context);
    if (read === undefined) return undefined;
    if (read.rows.rows === 0) continue;
    marks.push({ row: rows, at: block.at });
    if (!join(facts, read.rows, rows, always)) return undefined;
    rows += read.rows.rows;
    rounded += read.rounded;
  }
  if (!always && ![...facts.values()].every(isExact)) return undefined;
  // Records without members have no columns.
  if (rows > 0 && facts.size === 0) return undefined;
  const columns = [...facts].map(([name, found]): LinesColumn => {
    const known: ColumnFacts = isExact(found) ? found : { ...found, kind: 'mixed' };
    return { name, facts: known, type: typeOf(known) };
  });
  return { rows, columns, marks, rounded };
}

/** Rows of a block in the columns of the whole. */
export function tableOf(rows: TableRows, columns: readonly LinesColumn[]): Table {
  const found = new Map(rows.columns.map((column) => [column.name, column]));
  return new Table(
    rows.rows,
    columns.map(({ name, facts, type }): Column => {
      const builder = found.get(name) ?? new ColumnBuilder(name);
      while (builder.rows < rows.rows) builder.addNull();
      builder.become(facts);
      return { ...builder.column(rows.rows), type };
    }),
  );
}

/** Joins the columns of a block to those before; false where they are not of one table. */
function join(facts: Map<string, ColumnFacts>, rows: TableRows, before: number, always: boolean): boolean {
  const names = new Set(rows.columns.map(({ name }) => name));
  if (!always && before > 0 && (names.size !== facts.size || ![...names].every((name) => facts.has(name))))
    return false;
  for (const column of rows.columns) {
    const here = column.facts();
    const there = facts.get(column.name);
    if (there === undefined) {
      facts.set(column.name, { ...here, nullable: here.nullable || before > 0 });
      continue;
    }
    const both = joinFacts(there, here);
    if (both.kind === 'mixed' && !always) return false;
    facts.set(column.name, both);
  }
  for (const [name, there] of facts) if (!names.has(name)) facts.set(name, { ...there, nullable: true });
  return true;
}

function typeOf({ kind, float, nullable }: ColumnFacts): ColumnType {
  const dtype = {
    none: 'string',
    string: 'string',
    bool: 'bool',
    mixed: 'object',
    number: float ? 'float64' : 'int64',
  } as const;
  return scalarType(dtype[kind], { nullable });
}
