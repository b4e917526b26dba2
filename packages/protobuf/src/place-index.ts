import {
  type Context,
  damagedIndex,
  FormatError,
  type PlaceMarks,
  readMarks,
  type Source,
  VarintReader,
  VarintWriter,
  writeMarks,
} from '@formatlab/core';
import { FILE, ITEM, MAGIC, ROWS } from './forms/fields.js';
import { isOurs } from './forms/read-value.js';
import { messageOf, type ProtobufOptions } from './options.js';
import { type FieldPlace, FieldScanner } from './scan/field-scanner.js';
import { type FilePlace, fileAt } from './scan/layout.js';
import { LEN } from './wire/spec.js';

const VERSION = 1;
// What is known of the file.
const NOTHING = 0;
const LAYOUT = 1;
const STREAM = 2;
/** Bytes of a length. */
const LONGEST_LENGTH = 10;

/**
 * Of a file of ours, where its entries lie and further rows of its tables; of a stream, where messages begin, about every
 * `every` bytes.
 *
 * @throws FormatError `unsupported` for one message of a schema, which is read whole
 */
export async function index(
  source: Source,
  context: Context<ProtobufOptions>,
  every: number,
): Promise<Uint8Array> {
  const writer = new VarintWriter();
  writer.unsigned(VERSION);
  const scanner = new FieldScanner(source, context);
  const type = messageOf(context.options);
  if (type !== undefined && context.options.stream === true) {
    writer.unsigned(STREAM);
    const before = context.index === undefined ? undefined : knownOfIndex(context.index, source.size, true);
    writeMarks(writer, await marksOf(scanner, every, before?.marks));
    return writer.finish();
  }
  const head = await source.read([{ at: 0, length: Math.min(source.size, MAGIC.length) }], context.signal);
  if (type !== undefined || !isOurs(head[0]!)) {
    throw new FormatError('unsupported', `index '${source.name}': a message is read whole`, {
      format: 'protobuf',
      feature: 'index of one message',
      supported: ['a stream of messages', 'formatlab.proto'],
    });
  }
  const layout = await fileAt(scanner);
  const isPlain = await isWrittenPlainly(scanner, layout);
  writer.unsigned(isPlain ? LAYOUT : NOTHING);
  if (isPlain) writeLayout(writer, layout);
  return writer.finish();
}

async function marksOf(
  scanner: FieldScanner,
  every: number,
  before: PlaceMarks | undefined,
): Promise<PlaceMarks> {
  const numbers = [...(before?.numbers ?? [0])];
  const places = [...(before?.places ?? [0])];
  let count = before?.count ?? 0;
  let at = before?.end ?? 0;
  while (at < scanner.size) {
    if (at > places.at(-1)!) {
      numbers.push(count);
      places.push(at);
    }
    const passed = await scanner.messages(at, Number.POSITIVE_INFINITY, every);
    count += passed.count;
    at = passed.at;
  }
  return { count, end: at, numbers, places };
}

/** Whether each value stands right behind its name, as our writer has it: a read can look there. */
async function isWrittenPlainly(scanner: FieldScanner, { entries }: FilePlace): Promise<boolean> {
  for (const [name, item] of entries) if (!(await isNamed(scanner, name, item))) return false;
  return true;
}

/** Whether an entry of this name has its value there. */
export async function isNamed(scanner: FieldScanner, name: string, { partAt }: FieldPlace): Promise<boolean> {
  const before = new TextEncoder().encode(`${name}${String.fromCharCode((ITEM << 3) | LEN)}`);
  const at = partAt - before.length;
  if (at < MAGIC.length) return false;
  const { bytes, base } = await scanner.read(at, partAt, scanner.budget());
  return before.every((byte, i) => bytes[at - base + i] === byte);
}

function writeLayout(writer: VarintWriter, { value, entries, rows }: FilePlace): void {
  writer.unsigned(value === undefined ? 0 : 1);
  if (value !== undefined) writeField(writer, value);
  writer.unsigned(entries.size);
  for (const [name, item] of entries) {
    writer.text(name);
    writeField(writer, item);
  }
  writer.unsigned(rows.size);
  for (const [name, parts] of rows) {
    writer.unsigned(name === undefined ? 0 : 1);
    if (name !== undefined) writer.text(name);
    writer.unsigned(parts.length);
    for (const part of parts) writeField(writer, part);
  }
}

function writeField(writer: VarintWriter, { partAt, at, end }: FieldPlace): void {
  writer.unsigned(partAt);
  writer.unsigned(at - partAt);
  writer.unsigned(end - at);
}

/**
 * @param size bytes of the file; no place lies behind it
 * @throws FormatError `corrupt` of feature `index`
 */
export function knownOfIndex(
  bytes: Uint8Array,
  size: number,
  isStream: boolean,
): { readonly layout?: FilePlace; readonly marks?: PlaceMarks } {
  const reader = new VarintReader(bytes);
  const version = reader.unsigned();
  if (version !== VERSION) throw damagedIndex(`its places are of version ${version}`);
  const kind = reader.unsigned();
  if (kind > STREAM || (kind === STREAM) !== isStream) throw damagedIndex('its places are of no kind');
  const known =
    kind === LAYOUT
      ? { layout: readLayout(reader, size) }
      : kind === STREAM
        ? { marks: readMarks(reader, size) }
        : {};
  reader.end();
  return known;
}

function readLayout(reader: VarintReader, size: number): FilePlace {
  const value = reader.unsigned() === 0 ? undefined : readField(reader, FILE.value, size);
  const entries = new Map<string, FieldPlace>();
  for (let left = reader.count(); left > 0; left--) entries.set(reader.text(), readField(reader, ITEM, size));
  const rows = new Map<string | undefined, readonly FieldPlace[]>();
  for (let left = reader.count(); left > 0; left--) {
    const name = reader.unsigned() === 0 ? undefined : reader.text();
    const parts = Array.from({ length: reader.count() }, () => readField(reader, ROWS.table, size));
    if (name === undefined ? value === undefined : !entries.has(name))
      throw damagedIndex('rows in it are of no table');
    rows.set(name, parts);
  }
  return { value, entries, rows };
}

function readField(reader: VarintReader, number: number, size: number): FieldPlace {
  const partAt = reader.unsigned();
  const length = reader.unsigned();
  const at = partAt + length;
  const end = at + reader.unsigned();
  if (end > size || length > LONGEST_LENGTH)
    throw damagedIndex('a position in it lies behind the end of the file');
  return { number, wire: LEN, partAt, at, end };
}
