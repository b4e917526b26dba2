import { type Context, damagedIndex, type Source, VarintReader, VarintWriter } from '@formatlab/core';
import type { NdjsonOptions } from '../options.js';
import { type CellsSeen, isExact } from '../parse/column-builder.js';
import type { ColumnSeen } from '../parse/tables.js';
import { type LinesScan, scanLines } from './scan-lines.js';

const VERSION = 1;
const KINDS = ['none', 'number', 'string', 'bool', 'mixed'] as const;

/** What the lines are together, the columns of all, and where about every `every` bytes one begins. */
export async function index(
  source: Source,
  context: Context<NdjsonOptions>,
  every: number,
): Promise<Uint8Array> {
  const before = context.index === undefined ? undefined : scanOfIndex(context.index, source.size);
  const { columns, rows, marks, places } = await scanLines(source, context, every, before);
  const writer = new VarintWriter();
  writer.unsigned(VERSION);
  writer.unsigned(columns === undefined ? 0 : 1);
  writer.unsigned(columns?.length ?? 0);
  for (const { name, seen } of columns ?? []) {
    writer.text(name);
    writer.unsigned(KINDS.indexOf(seen.kind));
    writer.unsigned(FLAGS.reduce((bits, flag, i) => bits + (seen[flag] ? 2 ** i : 0), 0));
  }
  writer.unsigned(rows);
  writer.rising(marks);
  writer.rising(places);
  return writer.finish();
}

const FLAGS = ['floats', 'nulls', 'beyondInt64', 'beyondFloat64'] as const;

/** @throws FormatError `corrupt` of feature `index` */
export function scanOfIndex(bytes: Uint8Array, size: number): LinesScan {
  const reader = new VarintReader(bytes);
  const version = reader.unsigned();
  if (version !== VERSION) throw damagedIndex(`its lines are of version ${version}`);
  const isTable = reader.unsigned() === 1;
  const columns = Array.from({ length: reader.count() }, (): ColumnSeen => {
    const name = reader.text();
    const kind = KINDS[reader.unsigned()];
    const flags = reader.unsigned();
    if (kind === undefined) throw damagedIndex('a column of it is of no kind');
    const [floats, nulls, beyondInt64, beyondFloat64] = FLAGS.map((_, i) => (flags & (1 << i)) !== 0);
    const seen = {
      kind,
      floats: floats!,
      nulls: nulls!,
      beyondInt64: beyondInt64!,
      beyondFloat64: beyondFloat64!,
    };
    return { name, seen };
  });
  const rows = reader.unsigned();
  const marks = reader.rising(rows);
  const places = reader.rising(size);
  reader.end();
  if (marks.length !== places.length || (marks[0] ?? 0) !== 0 || marks.at(-1) !== rows || rows > size)
    throw damagedIndex('its lines are not those of a file');
  return { columns: isTable ? columns : undefined, rows, marks, places };
}

/** The columns as reading the whole makes them: those that no type holds exactly are lists of values. */
export function columnsToRead(columns: readonly ColumnSeen[]): ColumnSeen[] {
  return columns.map(({ name, seen }) => ({
    name,
    seen: isExact(seen) ? seen : ({ ...seen, kind: 'mixed' } satisfies CellsSeen),
  }));
}
