import {
  bytesSource,
  childPath,
  defaultBudget,
  FormatError,
  newRecord,
  type ValueRecord,
} from '@formatlab/core';
import { type DecodeContext, decodeNpyAt } from '../npy/decode.js';
import { type ReadBytes, readDirectory } from './directory.js';
import { readMember } from './member-data.js';

/** `\x50\x4b`, then a local header, or the end record of an empty archive. */
export function startsAsZip(bytes: Uint8Array): boolean {
  return (
    bytes[0] === 0x50 &&
    bytes[1] === 0x4b &&
    ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

/**
 * The named arrays in npz bytes, every CRC checked.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit`
 */
export async function decodeNpz(bytes: Uint8Array, context?: DecodeContext): Promise<ValueRecord> {
  if (!startsAsZip(bytes))
    throw new FormatError('not-this-format', 'read npz: it does not start as a ZIP archive', {
      format: 'numpy',
      offset: 0,
    });
  const used = context ?? { options: {}, budget: defaultBudget(bytes.byteLength), loss() {} };
  const source = bytesSource(bytes, 'npz');
  const read: ReadBytes = (range) => source.readSync!([range])[0]!;
  const directory = await readDirectory(bytes.byteLength, read);
  used.budget.takeItems(directory.count, `npz of ${directory.count} members`);
  const record = newRecord();
  for (const [name, member] of directory.entries) {
    const path = childPath('', name);
    const decoded = decodeNpyAt(await readMember(member, bytes.byteLength, read, used), used, path);
    record[name] = decoded instanceof Promise ? await decoded : decoded;
  }
  return record;
}
