import { FormatError, NDArray } from '@formatlab/core';

const MAGIC = Uint8Array.of(0x89, 0x4f, 0x43, 0x54);
/** Magic, and the number of elements plus one as 32-bit little-endian; 0 stands for a 0-d array. */
const HEADER_BYTES = 8;

/** One array of octets, of one dimension or none. */
export const octets = {
  id: 'octets',
  title: 'Octets',
  extensions: ['.oct'],
  mediaTypes: [],
  options: {},
  can: {
    roots: ['array'],
    dtypes: { read: ['uint8'], write: ['uint8'] },
    maxRank: 1,
    attributes: false,
    integrity: 'none',
    references: false,
    batches: { read: false, write: false },
    list: 'whole',
    readOne: 'whole',
    slice: 'none',
    append: 'rewrite',
    update: 'rewrite',
  },
  probe({ head }) {
    return MAGIC.every((byte, i) => head[i] === byte) ? { score: 1, why: 'starts with \\x89OCT' } : undefined;
  },
  encode(array) {
    const header = new Uint8Array(HEADER_BYTES);
    header.set(MAGIC);
    new DataView(header.buffer).setUint32(4, array.shape.length === 0 ? 0 : array.size + 1, true);
    return [header, array.data];
  },
  decode(bytes, context) {
    if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
      throw new FormatError('not-this-format', 'read octets: the magic number is missing', { offset: 0 });
    }
    if (bytes.byteLength < HEADER_BYTES)
      throw new FormatError('corrupt', 'read octets: the header is cut off');
    const count = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES).getUint32(4, true);
    const length = Math.max(1, count) - (count === 0 ? 0 : 1);
    if (bytes.byteLength !== HEADER_BYTES + length) {
      throw new FormatError(
        'corrupt',
        `read octets: ${length} announced, ${bytes.byteLength - HEADER_BYTES} there`,
        { offset: 4 },
      );
    }
    context.budget.takeBytes(length, 'octets');
    return new NDArray({
      dtype: 'uint8',
      shape: count === 0 ? [] : [length],
      data: bytes.slice(HEADER_BYTES),
    });
  },
};
