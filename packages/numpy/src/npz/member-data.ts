import { type Context, FormatError } from '@formatlab/core';
import { dataOffset, LOCAL_BYTES, type Member, type ReadBytes } from './directory.js';
import { crc32, inflateRaw } from './zlib.js';

const STORED = 0;
const DEFLATED = 8;
/** Room for name and extra fields, so that header and first data bytes mostly come in one read. */
const HEADER_GUESS = 256;

/** Where the data of a stored member lie; undefined for a compressed one, which must be read whole. */
export async function storedRange(
  member: Member,
  fileSize: number,
  read: ReadBytes,
): Promise<{ at: number; length: number } | undefined> {
  if (member.method !== STORED) return undefined;
  return { at: await locate(member, fileSize, read), length: member.size };
}

/**
 * All bytes of a member, its CRC checked.
 *
 * @throws FormatError `corrupt`, `unsupported`, `limit`
 */
export async function readMember(
  member: Member,
  fileSize: number,
  read: ReadBytes,
  context: Pick<Context<object>, 'budget'>,
): Promise<Uint8Array> {
  if (member.method !== STORED && member.method !== DEFLATED) {
    throw new FormatError(
      'unsupported',
      `read npz member '${member.name}': compression method ${member.method}`,
      {
        format: 'numpy',
        path: member.name,
        offset: member.headerOffset,
        supported: ['0 (stored)', '8 (deflated)'],
      },
    );
  }
  if (member.method === STORED && member.size !== member.compressedSize)
    throw fault(member, `stored with ${member.compressedSize} of ${member.size} bytes`);
  const at = await locate(member, fileSize, read);
  if (at + member.compressedSize > fileSize)
    throw fault(member, `its ${member.compressedSize} bytes at ${at} do not fit in ${fileSize}`);
  if (member.method === DEFLATED) context.budget.takeBytes(member.size, `npz member '${member.name}'`);
  const packed = await read({ at, length: member.compressedSize });
  const bytes = member.method === STORED ? packed : inflate(packed, member);
  const crc = crc32(bytes);
  if (crc !== member.crc)
    throw fault(member, `its CRC-32 is ${crc.toString(16)}, the directory says ${member.crc.toString(16)}`);
  return bytes;
}

async function locate(member: Member, fileSize: number, read: ReadBytes): Promise<number> {
  if (member.headerOffset + LOCAL_BYTES > fileSize)
    throw fault(member, `its header at byte ${member.headerOffset} lies behind the end`);
  const length = Math.min(HEADER_GUESS, fileSize - member.headerOffset);
  return dataOffset(await read({ at: member.headerOffset, length }), member);
}

function inflate(packed: Uint8Array, member: Member): Uint8Array {
  try {
    return inflateRaw(packed, member.size);
  } catch (error) {
    throw fault(
      member,
      `its deflated data are damaged: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function fault(member: Member, state: string): FormatError {
  return new FormatError('corrupt', `read npz member '${member.name}': ${state}`, {
    format: 'numpy',
    path: member.name,
    offset: member.headerOffset,
  });
}
