import { requireNode } from '../platform/require-node.js';
import { writeFully } from './descriptor.js';
import { ioError } from './io-error.js';

export interface WritePiecesOptions {
  /** `wx` for a file that is not there yet, `w` for a device or a pipe. */
  readonly flags: 'wx' | 'w';
  /** Wait until the bytes are on the disk. Default false. */
  readonly durable?: boolean;
}

/** Writes pieces as they come, and gives their size. @throws FormatError `io` */
export async function writePieces(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  { flags, durable = false }: WritePiecesOptions,
): Promise<number> {
  const { fs } = requireNode(`write '${path}'`);
  let fd: number | undefined;
  let at = 0;
  try {
    fd = fs.openSync(path, flags, 0o666);
    for await (const piece of pieces) {
      // A device has no places.
      if (flags === 'w') fs.writeFileSync(fd, piece);
      else writeFully(fs, fd, at, [piece]);
      at += piece.byteLength;
    }
    if (durable) fs.fsyncSync(fd);
    return at;
  } catch (error) {
    throw ioError(error, 'write', path);
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}
