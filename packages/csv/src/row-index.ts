import {
  type Context,
  damagedIndex,
  FormatError,
  type Source,
  VarintReader,
  VarintWriter,
} from '@formatlab/core';
import type { Seen } from './cells/kinds.js';
import { delimiterCandidates, dialectOf } from './dialect/dialect.js';
import { encodingOf } from './dialect/encoding.js';
import { planColumns } from './layout/column-plan.js';
import type { Layout } from './layout/layout.js';
import { type Mark, type Scan, scanRows, summary } from './layout/scan.js';
import type { CsvOptions } from './options.js';
import { utf8Source } from './utf8-source.js';

const VERSION = 1;

/**
 * What a scan finds: the dialect, the header, the kinds of all cells of each column, and where about every `every` bytes a row
 * begins. Slices of an indexed file have the types of the whole.
 *
 * @throws FormatError `unsupported` for text that is not UTF-8, whose bytes are not where they are in the file
 */
export async function index(
  source: Source,
  context: Context<CsvOptions>,
  every: number,
): Promise<Uint8Array> {
  const [head] = await source.read([{ at: 0, length: Math.min(3, source.size) }], context.signal);
  const { encoding } = encodingOf(head!, context.options.encoding);
  if (encoding !== 'utf-8') {
    throw new FormatError(
      'unsupported',
      `index '${source.name}': its text is in ${encoding}, which is read whole`,
      {
        format: 'csv',
        feature: `index of ${encoding}`,
        supported: ['utf-8'],
      },
    );
  }
  const text = await utf8Source(source, context);
  const before = context.index === undefined ? undefined : scanOfIndex(context.index, source.size, context);
  return encodeScan(await scanRows(text, context, every, before?.scan), text.mark);
}

function encodeScan(scan: Scan | undefined, mark: number): Uint8Array {
  const writer = new VarintWriter();
  writer.unsigned(VERSION);
  writer.unsigned(mark);
  if (scan === undefined) return writer.finish();
  const { layout, seen, rows, marks } = scan;
  writer.unsigned(layout.dialect.delimiter);
  writer.unsigned(layout.columns);
  writer.unsigned(layout.header === undefined ? 0 : 1);
  for (const name of layout.header ?? []) writer.text(name);
  for (const { kinds, secondDigits } of seen) {
    writer.unsigned(kinds);
    writer.unsigned(secondDigits);
  }
  writer.unsigned(layout.data.record);
  writer.unsigned(rows);
  writer.rising(marks.map(({ row }) => row));
  writer.rising(marks.map(({ position }) => position.at));
  return writer.finish();
}

/**
 * The scan that was written into an index, undefined for a file without rows, and the length of the byte order mark.
 *
 * @param fileSize bytes of the file
 * @throws FormatError `corrupt` of feature `index`
 */
export function scanOfIndex(
  bytes: Uint8Array,
  fileSize: number,
  context: Context<CsvOptions>,
): { readonly scan: Scan | undefined; readonly mark: number } {
  const reader = new VarintReader(bytes);
  const version = reader.unsigned();
  if (version !== VERSION) throw damagedIndex(`its rows are of version ${version}`);
  const mark = reader.unsigned();
  if (mark !== 0 && mark !== LONGEST_MARK) throw damagedIndex('its byte order mark is none');
  if (bytes.byteLength === 2) return { scan: undefined, mark };
  const size = fileSize - mark;
  const { options, budget, loss } = context;
  const delimiter = reader.unsigned();
  if (options.delimiter === undefined && !delimiterCandidates(options).includes(delimiter))
    throw damagedIndex('its delimiter is none');
  const columns = reader.count();
  const header = reader.unsigned() === 0 ? undefined : Array.from({ length: columns }, () => reader.text());
  const seen = Array.from({ length: columns }, (): Seen => {
    const kinds = reader.unsigned();
    return { kinds, secondDigits: Math.min(reader.unsigned(), MOST_DIGITS) };
  });
  const record = reader.unsigned();
  const rows = reader.unsigned();
  budget.takeBytes(bytes.byteLength * BYTES_OF_MARK, 'the places of an index');
  const marks = marksOf(reader, rows, size, record);
  reader.end();
  const layout: Layout = {
    dialect: dialectOf(options, delimiter),
    columns,
    header,
    data: marks[0]!.position,
    sample: seen,
    sampleRows: rows,
    sampleBytes: size - marks[0]!.position.at,
  };
  const plans = planColumns(header, columns, options, loss);
  return { scan: { ...summary(layout, plans, seen), layout, plans, seen, rows, marks }, mark };
}

/** Of UTF-8. */
const LONGEST_MARK = 3;
/** Digits of a nanosecond. */
const MOST_DIGITS = 9;
/** What a mark takes in memory for each byte that it takes in the index. */
const BYTES_OF_MARK = 40;

function marksOf(reader: VarintReader, rows: number, size: number, record: number): Mark[] {
  const starts = reader.rising(rows);
  const places = reader.rising(size);
  if (starts[0] !== 0 || starts.at(-1) !== rows || starts.length !== places.length || rows > size + 1)
    throw damagedIndex('its rows are not those of a file');
  return starts.map((row, i) => ({ row, position: { at: places[i]!, record: record + row } }));
}
