import { damaged, FieldReader, LeaveToLibrary } from './field-reader.js';
import type { Structures } from './structures.js';

/** Entries of a chunk index by number; undefined where none was written. */
export interface ChunkEntries {
  readonly filtered: boolean;
  at(index: number): FieldReader | undefined;
}

const CHECKSUM = 4;
/** Signature, version, client and the header's address. */
const BLOCK_PREFIX = 14;
const MOST_BITS = 64;

/** A fixed array (spec III.G, "Fixed Array"): the index of datasets that cannot grow. */
export function fixedEntries(file: Structures, address: number): ChunkEntries {
  const header = file.checked(address, 28).signature('FAHD').skip(1);
  const filtered = header.u8() === 1;
  const width = header.u8();
  const perPage = 2 ** header.u8();
  const count = header.length();
  const block = header.address();
  checkWidth(width, address);
  if (block === undefined) return { filtered, at: () => undefined };
  file.fields(block, BLOCK_PREFIX).signature('FADB');
  if (count <= perPage) {
    const read = page(file, block, count * width, BLOCK_PREFIX);
    return { filtered, at: (index) => (index < count ? entry(read(), index, width) : undefined) };
  }
  const pages = Math.ceil(count / perPage);
  const bitmap = file.bytes(block + BLOCK_PREFIX, Math.ceil(pages / 8));
  const start = block + BLOCK_PREFIX + bitmap.byteLength + CHECKSUM;
  const cache = new Map<number, FieldReader>();
  return {
    filtered,
    at(index) {
      const number = Math.floor(index / perPage);
      if (index >= count || !isSet(bitmap, number)) return undefined;
      let found = cache.get(number);
      if (found === undefined) {
        const held = Math.min(perPage, count - number * perPage);
        found = file.checked(start + number * (perPage * width + CHECKSUM), held * width + CHECKSUM);
        cache.set(number, found);
      }
      return entry(found, index - number * perPage, width);
    },
  };
}

/** An extensible array (spec III.H): the index of datasets with one dimension that can grow. */
export function extensibleEntries(file: Structures, address: number): ChunkEntries {
  const header = file.checked(address, 72).signature('EAHD').skip(1);
  const filtered = header.u8() === 1;
  const width = header.u8();
  const bits = header.u8();
  const inIndex = header.u8();
  const least = header.u8();
  const leastPointers = header.u8();
  const pageBits = header.u8();
  header.skip(48);
  const indexBlock = header.address();
  checkWidth(width, address);
  if (!(bits > 0 && bits <= MOST_BITS && least > 0 && leastPointers > 1 && pageBits < 32))
    throw damaged('read HDF5 file: an extensible array of impossible sizes', address);
  if (indexBlock === undefined) return { filtered, at: () => undefined };
  const offsetBytes = Math.ceil(bits / 8);
  const directBlocks = 2 * (leastPointers - 1);
  const directSupers = 2 * Math.log2(leastPointers);
  const supers = 1 + bits - Math.log2(least);
  const indexBytes = BLOCK_PREFIX + inIndex * width + 8 * (directBlocks + supers - directSupers);
  const index = file.checked(indexBlock, indexBytes + CHECKSUM).signature('EAIB');
  const blocks = new Map<number, FieldReader | undefined>();

  const dataBlock = (at: number, entries: number): ((index: number) => FieldReader | undefined) => {
    const prefix = BLOCK_PREFIX + offsetBytes;
    const perPage = 2 ** pageBits;
    if (entries <= perPage) {
      if (!blocks.has(at)) {
        const whole = file.checked(at, prefix + entries * width + CHECKSUM).signature('EADB');
        blocks.set(at, new FieldReader(whole.bytes.subarray(prefix), whole.offset + prefix));
      }
      return (i) => entry(blocks.get(at)!, i, width);
    }
    return (i) => {
      const number = Math.floor(i / perPage);
      const pageAt = at + prefix + CHECKSUM + number * (perPage * width + CHECKSUM);
      if (!blocks.has(pageAt)) blocks.set(pageAt, file.checked(pageAt, perPage * width + CHECKSUM));
      return entry(blocks.get(pageAt)!, i - number * perPage, width);
    };
  };

  return {
    filtered,
    at(wanted) {
      if (wanted < inIndex)
        return entry(new FieldReader(index.bytes.subarray(BLOCK_PREFIX), index.offset), wanted, width);
      let left = wanted - inIndex;
      let firstBlock = 0;
      for (let level = 0; level < supers; level++) {
        const count = 2 ** Math.floor(level / 2);
        const entries = least * 2 ** Math.floor((level + 1) / 2);
        if (left >= count * entries) {
          left -= count * entries;
          firstBlock += count;
          continue;
        }
        const block = Math.floor(left / entries);
        const rest = left - block * entries;
        if (level < directSupers) {
          const place = addressAt(index.bytes, BLOCK_PREFIX + inIndex * width + 8 * (firstBlock + block));
          return place === undefined ? undefined : dataBlock(place, entries)(rest);
        }
        const superAt = addressAt(
          index.bytes,
          BLOCK_PREFIX + inIndex * width + 8 * (directBlocks + level - directSupers),
        );
        if (superAt === undefined) return undefined;
        const perPage = 2 ** pageBits;
        const mapBytes = entries > perPage ? Math.ceil(entries / perPage / 8) : 0;
        const prefix = BLOCK_PREFIX + offsetBytes + count * mapBytes;
        const superBlock = file.checked(superAt, prefix + 8 * count + CHECKSUM).signature('EASB');
        if (mapBytes > 0) {
          const at = BLOCK_PREFIX + offsetBytes + block * mapBytes;
          const map = superBlock.bytes.subarray(at, at + mapBytes);
          if (!isSet(map, Math.floor(rest / perPage))) return undefined;
        }
        const place = addressAt(superBlock.bytes, prefix + 8 * block);
        return place === undefined ? undefined : dataBlock(place, entries)(rest);
      }
      return undefined;
    },
  };
}

function page(file: Structures, at: number, size: number, prefix: number): () => FieldReader {
  let found: FieldReader | undefined;
  return () => {
    if (found === undefined) {
      const whole = file.checked(at, prefix + size + CHECKSUM);
      found = new FieldReader(whole.bytes.subarray(prefix), whole.offset + prefix);
    }
    return found;
  };
}

function entry(from: FieldReader, index: number, width: number): FieldReader {
  return new FieldReader(
    from.bytes.subarray(index * width, (index + 1) * width),
    from.offset + index * width,
  );
}

function addressAt(bytes: Uint8Array, at: number): number | undefined {
  return new FieldReader(bytes.subarray(at, at + 8), at).address();
}

/** The first page is the highest bit. */
function isSet(bitmap: Uint8Array, index: number): boolean {
  return (bitmap[index >> 3]! & (0x80 >> (index & 7))) !== 0;
}

function checkWidth(width: number, address: number): void {
  if (width < 8) throw damaged('read HDF5 file: entries of a chunk index that hold no address', address);
  if (width > 24) throw new LeaveToLibrary('entries of a chunk index of an unknown form');
}
