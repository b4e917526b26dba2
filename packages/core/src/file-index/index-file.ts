import { FormatError } from '../errors.js';
import type { Range, Source } from '../io/source.js';
import { crc32 } from './crc32.js';
import type { Fingerprint } from './fingerprint.js';
import { damagedIndex, VarintReader, VarintWriter } from './varints.js';

/** Behind the name of the file that is indexed. */
export const INDEX_SUFFIX = '.flx';

/** What an index says about itself: the file it is for, and how that was read. */
export interface IndexHeader {
  readonly format: string;
  readonly engine: string;
  /** Options that change what the file means, as JSON. */
  readonly options: string;
  readonly compression: string;
  /** Bytes of content between two positions, as it was asked for. */
  readonly every: number;
  readonly of: Fingerprint;
}

/** Sections in the order in which they stand; one that is not needed is empty. */
export interface IndexSections {
  /** Places where decompressing can begin. */
  readonly layer: Uint8Array;
  /** What was decompressed before those places. */
  readonly windows: Uint8Array;
  /** Of the format: its own encoding. */
  readonly positions: Uint8Array;
}

/** An index that was opened: the header is read and checked, sections are read when they are asked for. */
export interface OpenIndex {
  readonly header: IndexHeader;
  readonly size: number;
  readonly has: { readonly layer: boolean; readonly positions: boolean };
  /** @throws FormatError `corrupt` of feature `index` */
  section(name: 'layer' | 'positions'): Promise<Uint8Array>;
  readonly windows: Range;
  readonly source: Source;
}

// The layout is described in README.md, "An index beside the file".
const MAGIC = Uint8Array.of(0x89, 0x46, 0x4c, 0x58, 0x0d, 0x0a, 0x1a);
const VERSION = 1;
const PREFIX_BYTES = 16;
const HEAD_BYTES = 4096;
const MOST_HEADER = 2 ** 20;
const SECTIONS = ['layer', 'windows', 'positions'] as const;

/** The bytes of an index file. */
export function encodeIndex(header: IndexHeader, sections: IndexSections): Uint8Array[] {
  const writer = new VarintWriter();
  for (const text of [header.format, header.engine, header.options, header.compression]) writer.text(text);
  writer.unsigned(header.every);
  const { size, time, head, tail } = header.of;
  writer.unsigned(size);
  const fixed = new DataView(new ArrayBuffer(24));
  [time, head, tail].forEach((value, i) => {
    fixed.setBigUint64(8 * i, value, true);
  });
  writer.bytes(new Uint8Array(fixed.buffer));
  for (const name of SECTIONS) {
    writer.unsigned(sections[name].byteLength);
    writer.unsigned(crc32(sections[name]));
  }
  const body = writer.finish();
  const prefix = new Uint8Array(PREFIX_BYTES);
  prefix.set(MAGIC);
  prefix[MAGIC.length] = VERSION;
  const view = new DataView(prefix.buffer);
  view.setUint32(8, body.byteLength, true);
  view.setUint32(12, crc32(body), true);
  return [prefix, body, ...SECTIONS.map((name) => sections[name])];
}

/** @throws FormatError `corrupt` of feature `index` for what is damaged, cut, or no index; `unsupported` for a later version */
export async function openIndex(source: Source, signal?: AbortSignal): Promise<OpenIndex> {
  const head = await readRange(source, { at: 0, length: Math.min(HEAD_BYTES, source.size) }, signal);
  if (head.byteLength < PREFIX_BYTES || !MAGIC.every((byte, i) => head[i] === byte))
    throw damagedIndex(`'${source.name}' is none`);
  if (head[MAGIC.length] !== VERSION) {
    throw new FormatError(
      'unsupported',
      `read index '${source.name}': it has version ${head[MAGIC.length]}; make it anew with 'index'`,
      { feature: 'index', found: String(head[MAGIC.length]), supported: [String(VERSION)] },
    );
  }
  const view = new DataView(head.buffer, head.byteOffset);
  const length = view.getUint32(8, true);
  if (length > MOST_HEADER || PREFIX_BYTES + length > source.size) throw damagedIndex('it is cut');
  const range = { at: PREFIX_BYTES, length };
  const body =
    range.at + length <= head.byteLength
      ? head.subarray(range.at, range.at + length)
      : await readRange(source, range, signal);
  if (crc32(body) !== view.getUint32(12, true)) throw damagedIndex('its checksum is wrong');
  return readBody(source, body, signal);
}

function readBody(source: Source, body: Uint8Array, signal: AbortSignal | undefined): OpenIndex {
  const reader = new VarintReader(body);
  const [format, engine, options, compression] = Array.from({ length: 4 }, () => reader.text());
  const every = reader.unsigned();
  const size = reader.unsigned();
  const fixed = reader.bytes();
  if (fixed.byteLength !== 24) throw damagedIndex('its header is none');
  const view = new DataView(fixed.buffer, fixed.byteOffset);
  const [time, head, tail] = [0, 8, 16].map((at) => view.getBigUint64(at, true));
  let at = PREFIX_BYTES + body.byteLength;
  const places = SECTIONS.map((name) => {
    const place = { name, at, length: reader.unsigned(), crc: reader.unsigned() };
    at += place.length;
    return place;
  });
  reader.end();
  if (at !== source.size) throw damagedIndex(`it has ${source.size} bytes and says ${at}`);
  const placeOf = (name: (typeof SECTIONS)[number]): (typeof places)[number] =>
    places.find((place) => place.name === name)!;
  return {
    header: {
      format: format!,
      engine: engine!,
      options: options!,
      compression: compression!,
      every,
      of: { size, time: time!, head: head!, tail: tail! },
    },
    size: source.size,
    has: { layer: placeOf('layer').length > 0, positions: placeOf('positions').length > 0 },
    windows: placeOf('windows'),
    source,
    async section(name) {
      const place = placeOf(name);
      const bytes = await readRange(source, place, signal);
      if (crc32(bytes) !== place.crc) throw damagedIndex(`the checksum of its ${name} is wrong`);
      return bytes;
    },
  };
}

async function readRange(source: Source, { at, length }: Range, signal?: AbortSignal): Promise<Uint8Array> {
  const ranges = [{ at, length }];
  return (source.readSync?.(ranges) ?? (await source.read(ranges, signal)))[0]!;
}
