import { type Context, damagedIndex, type Source, VarintReader, VarintWriter } from '@formatlab/core';
import { readColumns, writeColumns } from '../access/places.js';
import type { NdjsonOptions } from '../options.js';
import { type LinesScan, scanLines } from './scan-lines.js';

const VERSION = 1;

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
  writeColumns(writer, columns ?? []);
  writer.unsigned(rows);
  writer.rising(marks);
  writer.rising(places);
  return writer.finish();
}

/** @throws FormatError `corrupt` of feature `index` */
export function scanOfIndex(bytes: Uint8Array, size: number): LinesScan {
  const reader = new VarintReader(bytes);
  const version = reader.unsigned();
  if (version !== VERSION) throw damagedIndex(`its lines are of version ${version}`);
  const isTable = reader.unsigned() === 1;
  const columns = readColumns(reader);
  const rows = reader.unsigned();
  const marks = reader.rising(rows);
  const places = reader.rising(size);
  reader.end();
  if (marks.length !== places.length || (marks[0] ?? 0) !== 0 || marks.at(-1) !== rows || rows > size)
    throw damagedIndex('its lines are not those of a file');
  return { columns: isTable ? columns : undefined, rows, marks, places };
}
