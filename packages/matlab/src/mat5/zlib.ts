import { Unzlib, unzlibSync, zlibSync } from 'fflate';
import { corrupt } from '../fault.js';

type NodeZlib = typeof import('node:zlib');

// Node's own zlib where there is one, without an import that a browser would trip over.
const nodeZlib: NodeZlib | undefined = (
  globalThis as { process?: { getBuiltinModule?: (id: string) => NodeZlib | undefined } }
).process?.getBuiltinModule?.('node:zlib');

export function deflate(bytes: Uint8Array): Uint8Array {
  return nodeZlib === undefined ? zlibSync(bytes) : nodeZlib.deflateSync(bytes);
}

/** All of a zlib stream of at most `size` bytes, its checksum looked at. @throws FormatError `corrupt` */
export function inflate(bytes: Uint8Array, size: number, offset: number): Uint8Array {
  try {
    if (nodeZlib !== undefined) return nodeZlib.inflateSync(bytes, { maxOutputLength: Math.max(1, size) });
    const out = unzlibSync(bytes, { out: new Uint8Array(size) });
    checkAdler(bytes, out);
    return out;
  } catch (error) {
    throw damaged(error, offset);
  }
}

/** The first bytes of a stream of which only the beginning is at hand. @throws FormatError `corrupt` */
export function inflateHead(bytes: Uint8Array, offset: number): Uint8Array {
  try {
    if (nodeZlib !== undefined)
      return nodeZlib.inflateSync(bytes, { finishFlush: nodeZlib.constants.Z_SYNC_FLUSH });
    const parts: Uint8Array[] = [];
    new Unzlib((part) => parts.push(part)).push(bytes, false);
    return joined(parts);
  } catch (error) {
    throw damaged(error, offset);
  }
}

/** fflate reads over the checksum at the end. */
function checkAdler(bytes: Uint8Array, out: Uint8Array): void {
  let a = 1;
  let b = 0;
  for (let i = 0; i < out.byteLength; i++) {
    a = (a + out[i]!) % 65521;
    b = (b + a) % 65521;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(bytes.byteLength - 4) !== b * 65536 + a) throw new Error('incorrect data check');
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  return out;
}

function damaged(error: unknown, offset: number): Error {
  const why = error instanceof Error ? error.message : String(error);
  return corrupt(`compressed element at byte ${offset}`, `its deflated data are damaged: ${why}`, offset);
}
