import { lookup3 } from '../layout/checksum.js';
import { ByteList } from './byte-list.js';
import type { Message } from './messages.js';

const MESSAGE_PREFIX = 4;
/** Chunk size in four bytes. */
const SIZE_IN_FOUR = 2;

export interface BuiltHeader {
  /** The checksum is not in it yet: {@link sealHeader}. */
  readonly bytes: Uint8Array;
  /** Where each message ends. */
  readonly ends: readonly number[];
}

/** An object header of version 2 (spec IV.A.1.b) in one chunk. */
export function buildHeader(messages: readonly Message[]): BuiltHeader {
  const size = messages.reduce((sum, { body }) => sum + MESSAGE_PREFIX + body.byteLength, 0);
  const list = new ByteList().text('OHDR').u8(2, SIZE_IN_FOUR).u32(size);
  const ends = messages.map(({ type, body }) => list.u8(type).u16(body.byteLength).u8(0).bytes(body).length);
  return { bytes: list.u32(0).finish(), ends };
}

/** Writes the checksum of a header whose messages are final. */
export function sealHeader({ bytes }: BuiltHeader): void {
  const end = bytes.byteLength - 4;
  new DataView(bytes.buffer).setUint32(end, lookup3(bytes.subarray(0, end)), true);
}
