type NodeZlib = typeof import('node:zlib');

// Node's own zlib where there is one, without an import that a browser would trip over.
const nodeZlib: NodeZlib | undefined = (
  globalThis as { process?: { getBuiltinModule?: (id: string) => NodeZlib | undefined } }
).process?.getBuiltinModule?.('node:zlib');

/** zlib's format (RFC 1950), which is HDF5's gzip filter. Browsers have one level only. */
export function deflate(bytes: Uint8Array, level: number): Uint8Array | Promise<Uint8Array> {
  if (nodeZlib !== undefined) return nodeZlib.deflateSync(bytes, { level });
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new CompressionStream('deflate'));
  return new Response(stream).arrayBuffer().then((buffer) => new Uint8Array(buffer));
}

/** Undoes it at once; undefined where the platform has no such function. Throws beyond `most` bytes. */
export const inflate: ((bytes: Uint8Array, most: number) => Uint8Array) | undefined =
  nodeZlib === undefined
    ? undefined
    : (bytes, most) => nodeZlib.inflateSync(bytes, { maxOutputLength: Math.max(1, most) });
