import {
  bytesSource,
  childPath,
  defaultBudget,
  FormatError,
  newRecord,
  type ValueRecord,
} from '@formatlab/core';
import { type DecodeContext, decodeNpyAt } from '../npy/decode.js';
import { type Member, type ReadBytes, readDirectory } from './directory.js';
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
  const { members } = await readDirectory(bytes.byteLength, read);
  used.budget.takeItems(members.length, `npz of ${members.length} members`);
  const record = newRecord();
  for (const member of arrayMembers(members)) {
    const path = childPath('', entryName(member));
    const decoded = decodeNpyAt(await readMember(member, bytes.byteLength, read, used), used, path);
    record[entryName(member)] = decoded instanceof Promise ? await decoded : decoded;
  }
  return record;
}

/** The members as NumPy names them: without `.npy`. */
export function entryName(member: Member): string {
  return member.name.endsWith('.npy') ? member.name.slice(0, -4) : member.name;
}

/** The last one of each name counts, as in Python's zipfile; folders hold nothing. */
export function arrayMembers(members: readonly Member[]): readonly Member[] {
  const byName = new Map<string, Member>();
  for (const member of members) if (!member.name.endsWith('/')) byName.set(entryName(member), member);
  return [...byName.values()];
}
