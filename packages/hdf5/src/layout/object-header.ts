import { lookup3 } from './checksum.js';
import { dataView, type FileView, readAddress } from './file-view.js';

/** Header message types (HDF5 File Format Specification, IV.A.2). */
export const MESSAGE = {
  nil: 0x00,
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  fillValue: 0x05,
  link: 0x06,
  externalFiles: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
  referenceCount: 0x16,
} as const;

export interface HeaderMessage {
  readonly type: number;
  /** Bit 1: the body is a reference to a message elsewhere. */
  readonly flags: number;
  readonly body: Uint8Array;
  /** Offset of the body in the file. */
  readonly at: number;
}

/** A run of messages: the header's first part, or a continuation. */
export interface HeaderChunk {
  /** Offset in the file of all its bytes, with prefix and checksum. */
  readonly at: number;
  readonly size: number;
  /** Offsets in the file between which the messages lie. */
  readonly from: number;
  readonly to: number;
}

export interface ObjectHeader {
  readonly version: 1 | 2;
  readonly at: number;
  /** Number of hard links to the object. */
  readonly links: number;
  /** Version 2: bit 2 says that messages carry a creation index. */
  readonly flags: number;
  readonly chunks: readonly HeaderChunk[];
  readonly messages: readonly HeaderMessage[];
}

/** Most headers fit: one read. */
const FIRST_READ = 512;
const MOST_CHUNKS = 1000;

/**
 * The object header at an offset, with the messages of its continuations. Undefined where it is damaged or of a
 * kind that is not known here: the library then has its say.
 */
export function readObjectHeader(file: FileView, base: number, at: number): ObjectHeader | undefined {
  const start = file.bytes(at, Math.min(FIRST_READ, file.size - at));
  if (start === undefined || start.byteLength < 16) return undefined;
  return start[0] === 1 ? readVersion1(file, base, at, start) : readVersion2(file, base, at, start);
}

function readVersion1(file: FileView, base: number, at: number, start: Uint8Array): ObjectHeader | undefined {
  const view = dataView(start);
  const count = view.getUint16(2, true);
  const size = view.getUint32(8, true);
  const chunks: HeaderChunk[] = [{ at, size: 16 + size, from: at + 16, to: at + 16 + size }];
  const messages: HeaderMessage[] = [];
  for (let i = 0; i < chunks.length; i++) {
    const { from, to } = chunks[i]!;
    const bytes = partOf(start, at, from, to) ?? file.bytes(from, to - from);
    if (bytes === undefined || chunks.length > MOST_CHUNKS) return undefined;
    const body = dataView(bytes);
    for (let p = 0; p + 8 <= bytes.byteLength && messages.length < count; ) {
      const length = body.getUint16(p + 2, true);
      if (p + 8 + length > bytes.byteLength) return undefined;
      const message = {
        type: body.getUint16(p, true),
        flags: bytes[p + 4]!,
        body: bytes.subarray(p + 8, p + 8 + length),
        at: from + p + 8,
      };
      messages.push(message);
      if (message.type === MESSAGE.continuation && !addContinuation(chunks, message, base, 0))
        return undefined;
      p += 8 + length;
    }
  }
  return { version: 1, at, links: view.getUint32(4, true), flags: 0, chunks, messages };
}

function readVersion2(file: FileView, base: number, at: number, start: Uint8Array): ObjectHeader | undefined {
  if (!hasTag(start, 'OHDR') || start[4] !== 2) return undefined;
  const flags = start[5]!;
  const sizeBytes = 1 << (flags & 3);
  const sizeAt = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  if (sizeAt + sizeBytes > start.byteLength) return undefined;
  const view = dataView(start);
  const size =
    sizeBytes === 1
      ? view.getUint8(sizeAt)
      : sizeBytes === 2
        ? view.getUint16(sizeAt, true)
        : sizeBytes === 4
          ? view.getUint32(sizeAt, true)
          : readAddress(view, sizeAt);
  if (size === undefined) return undefined;
  const from = at + sizeAt + sizeBytes;
  const chunks: HeaderChunk[] = [{ at, size: from - at + size + 4, from, to: from + size }];
  const messages: HeaderMessage[] = [];
  const prefix = flags & 4 ? 6 : 4;
  let links = 1;
  for (let i = 0; i < chunks.length; i++) {
    const chunk = chunks[i]!;
    const whole = partOf(start, at, chunk.at, chunk.at + chunk.size) ?? file.bytes(chunk.at, chunk.size);
    if (whole === undefined || chunks.length > MOST_CHUNKS || (i > 0 && !hasTag(whole, 'OCHK')))
      return undefined;
    const body = dataView(whole);
    if (lookup3(whole.subarray(0, whole.byteLength - 4)) !== body.getUint32(whole.byteLength - 4, true))
      return undefined;
    const end = chunk.to - chunk.at;
    for (let p = chunk.from - chunk.at; p + prefix <= end; ) {
      const length = body.getUint16(p + 1, true);
      const bodyAt = p + prefix;
      if (bodyAt + length > end) return undefined;
      const message = {
        type: whole[p]!,
        flags: whole[p + 3]!,
        body: whole.subarray(bodyAt, bodyAt + length),
        at: chunk.at + bodyAt,
      };
      messages.push(message);
      if (message.type === MESSAGE.continuation && !addContinuation(chunks, message, base, 8))
        return undefined;
      if (message.type === MESSAGE.referenceCount && length >= 5) links = body.getUint32(bodyAt + 1, true);
      p = bodyAt + length;
    }
  }
  return { version: 2, at, links, flags, chunks, messages };
}

/** `frame`: bytes of signature and checksum around the messages of a continuation. */
function addContinuation(
  chunks: HeaderChunk[],
  { body }: HeaderMessage,
  base: number,
  frame: number,
): boolean {
  if (body.byteLength < 16) return false;
  const view = dataView(body);
  const address = readAddress(view, 0);
  const size = readAddress(view, 8);
  if (address === undefined || size === undefined || size < frame) return false;
  const at = base + address;
  // A chunk that stands twice would be read for ever.
  if (chunks.some((chunk) => chunk.at === at)) return false;
  chunks.push({ at, size, from: at + frame / 2, to: at + size - frame / 2 });
  return true;
}

function partOf(start: Uint8Array, at: number, from: number, to: number): Uint8Array | undefined {
  return from >= at && to <= at + start.byteLength && to >= from
    ? start.subarray(from - at, to - at)
    : undefined;
}

function hasTag(bytes: Uint8Array, tag: string): boolean {
  for (let i = 0; i < tag.length; i++) if (bytes[i] !== tag.charCodeAt(i)) return false;
  return true;
}

/** Whether the object has attributes, in its header or stored beside it. */
export function hasAttributes(header: ObjectHeader): boolean {
  return header.messages.some(({ type, body }) => {
    if (type === MESSAGE.attribute) return true;
    if (type !== MESSAGE.attributeInfo || body.byteLength < 10) return false;
    const heapAt = (body[1]! & 1) === 0 ? 2 : 4;
    return body.byteLength < heapAt + 8 || readAddress(dataView(body), heapAt) !== undefined;
  });
}

export function messageOf(header: ObjectHeader, type: number): HeaderMessage | undefined {
  return header.messages.find((message) => message.type === type);
}
