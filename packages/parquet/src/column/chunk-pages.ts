import { ByteReader } from '../byte-reader.js';
import type { Decompress } from '../codec/decompress.js';
import { corrupt, guarded } from '../corrupt.js';
import { bitWidthOf, checkLevels, decodeBitPacked, decodeHybrid } from '../encoding/hybrid.js';
import type { Encoding, PageHeader } from '../page-header.js';
import { leafPath } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';
import { type Dictionary, decodeDictionary } from './decode-values.js';
import type { ReadEnv } from './env.js';
import { PageCursor } from './pages.js';

/** The bytes of a column chunk, or of its dictionary and some of its pages, and how to unpack them. */
export interface ChunkSource {
  readonly leaf: Leaf;
  readonly bytes: Uint8Array;
  /** Offset of the first byte in the file. */
  readonly base: number;
  /** Values, nulls counted, in the pages at hand. */
  readonly values: number;
  readonly decompress: Decompress;
  /** Found through an index, whose counts are to be checked against those of the pages. */
  readonly indexed: boolean;
}

/** Two levels and an index into the dictionary for each value of a page. */
const SCRATCH_BYTES = 6;

/** A data page with its levels decoded and its values still to come. */
export interface OpenPage {
  /** Absent where the maximum is 0. */
  readonly defs: Uint8Array | undefined;
  readonly reps: Uint8Array | undefined;
  /** Values that are there: nulls and empty lists have none. */
  readonly present: number;
  readonly encoding: Encoding;
  /** At the first value. */
  readonly reader: ByteReader;
  readonly dictionary: Dictionary | undefined;
}

/**
 * Visits the data pages. `open` decompresses one; a page that is not opened is skipped. A visitor that returns
 * false ends the walk.
 *
 * @throws FormatError `corrupt`, `unsupported`, `limit`
 */
export function eachPage(
  chunk: ChunkSource,
  env: ReadEnv,
  visit: (values: number, open: (use: (page: OpenPage) => void) => void) => boolean,
): void {
  const { leaf, bytes, base, decompress } = chunk;
  const cursor = new PageCursor(new ByteReader(bytes, base), decompress, env);
  let dictionary: Dictionary | undefined;
  let seen = 0;
  while (seen < chunk.values) {
    const { offset } = cursor;
    const action = `read page of '${leafPath(leaf)}'`;
    const more = guarded(action, offset, () => {
      const header = cursor.next();
      if (header === undefined)
        throw corrupt(`${action}: ${seen} of ${chunk.values} values, its column chunk ends`, offset);
      if (header.type === 'index') {
        cursor.skip(header);
        return true;
      }
      if (header.type === 'dictionary') {
        if (dictionary !== undefined) throw corrupt(`${action}: a second dictionary`, offset);
        const { bytes: body, release } = cursor.body(header);
        dictionary = decodeDictionary(leaf, body, header.values, offset, env);
        release();
        return true;
      }
      if (env.own && dictionary !== undefined && header.encoding !== 'RLE_DICTIONARY')
        throw corrupt(`${action}: not by the dictionary of its column chunk`, offset);
      if (header.values > chunk.values - seen)
        throw corrupt(
          `${action}: ${header.values} values, ${chunk.values - seen} are left of its column chunk`,
          offset,
        );
      seen += header.values;
      const after = cursor.reader.at + header.packed;
      const going = visit(header.values, (use) => {
        const { bytes: body, release } = cursor.body(header);
        const scratch = header.values * SCRATCH_BYTES;
        env.budget.takeBytes(scratch, `levels and indices of ${header.values} values`);
        use(openPage(leaf, header, new ByteReader(body, offset), dictionary));
        env.budget.releaseBytes(scratch);
        release();
        env.progress(cursor.offset);
      });
      cursor.reader.at = after;
      return going;
    });
    if (!more) return;
  }
}

function openPage(
  leaf: Leaf,
  header: PageHeader,
  reader: ByteReader,
  dictionary: Dictionary | undefined,
): OpenPage {
  const { maxDef, maxRep } = leaf;
  const v2 = header.type === 'dataV2';
  const { encoding, values } = header;
  if (maxDef === 0 && header.nulls > 0)
    throw corrupt(`read '${leafPath(leaf)}': ${header.nulls} nulls in a required column`, reader.base);
  const reps = readLevels(reader, maxRep, values, v2 ? header.repLength : header.repEncoding);
  if (v2) reader.at = header.repLength;
  const defs = readLevels(reader, maxDef, values, v2 ? header.defLength : header.defEncoding);
  if (v2) reader.at = header.repLength + header.defLength;
  const present = defs === undefined ? values : countOf(defs, maxDef);
  if (v2 && present !== values - header.nulls && maxRep === 0 && maxDef === 1) {
    throw corrupt(
      `read '${leafPath(leaf)}': ${values - present} nulls, the page header says ${header.nulls}`,
      reader.base,
    );
  }
  return { defs, reps, present, encoding, reader, dictionary };
}

/** Levels of a page; `how` is their length in bytes (version 2) or their encoding (version 1). */
function readLevels(
  reader: ByteReader,
  most: number,
  count: number,
  how: number | Encoding,
): Uint8Array | undefined {
  if (most === 0) return undefined;
  const width = bitWidthOf(most);
  const levels = new Uint8Array(count);
  const { base } = reader;
  if (how === 'BIT_PACKED') decodeBitPacked(reader, width, levels);
  else {
    const length = typeof how === 'number' ? how : reader.uint32('the length of levels');
    reader.need(length, 'levels');
    const runs = new ByteReader(reader.bytes, base, reader.at, reader.at + length);
    decodeHybrid(runs, width, levels);
    reader.at += length;
  }
  checkLevels(levels, most, base);
  return levels;
}

function countOf(levels: Uint8Array, level: number): number {
  let count = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i] === level) count++;
  return count;
}
