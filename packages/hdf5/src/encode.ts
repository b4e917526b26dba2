import { type Bytes, type Context, isRecord, type Value } from '@formatlab/core';
import { checkOptions, type Hdf5Options } from './options.js';
import { attributeMessages } from './write/dataset.js';
import { FileWriter } from './write/file-writer.js';
import { References } from './write/references.js';
import { SUPERBLOCK_BYTES, superblock } from './write/superblock.js';
import { rootMembers, TreeWriter } from './write/tree.js';

const LEAST_USER_BLOCK = 512;

/**
 * A value as an HDF5 file (format 1.8: superblock 2, object headers 2): records are groups, arrays datasets,
 * tables compound datasets. Array data is not copied.
 *
 * @throws FormatError `unsupported`, `options`
 */
export async function encode(value: Value, context: Context<Hdf5Options>): Promise<Bytes> {
  const { options } = context;
  checkOptions(options);
  const userBlock = paddedUserBlock(options.userBlock);
  const writer = new FileWriter(SUPERBLOCK_BYTES);
  const references = new References();
  const settings = { writer, options, context, references };
  const { members, markers, attributes } = rootMembers(value);
  const messages = attributeMessages({ ...attributes, ...markers }, settings, '');
  const tree = new TreeWriter(settings, context.budget.maxDepth);
  const root = await tree.writeGroup(members, messages, '', isRecord(value) ? value : undefined);
  references.resolve((pointer) => tree.addressOf(pointer));
  writer.placeLater();
  const start = superblock(userBlock.byteLength, userBlock.byteLength + writer.end, root);
  return [...(userBlock.byteLength === 0 ? [] : [userBlock]), start, ...writer.pieces];
}

/** User blocks have 512 bytes, or a power of two times that (spec II.A, base address). */
function paddedUserBlock(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined || bytes.byteLength === 0) return new Uint8Array(0);
  let size = LEAST_USER_BLOCK;
  while (size < bytes.byteLength) size *= 2;
  const padded = new Uint8Array(size);
  padded.set(bytes);
  return padded;
}
