import { type Context, FormatError, type Source } from '@formatlab/core';
import { corrupt } from './corrupt.js';
import { decodeFooter, ENCRYPTED_MAGIC, MAGIC, metadataLength, startsWith, TAIL_BYTES } from './footer.js';
import { after, type Maybe } from './maybe.js';
import type { ParquetOptions } from './options.js';
import { type Fetch, TableFile } from './table-file.js';

/** Most footers fit: one read then gives all that is needed. */
const USUAL_FOOTER = 16_384;
/** Decoded metadata takes several times its bytes. */
const METADATA_EXPANSION = 8;

/** The table in bytes. Never a promise. @throws FormatError */
export function tableOfBytes(given: Uint8Array, env: Pick<Context<unknown>, 'budget' | 'progress'>, options: ParquetOptions): TableFile {
  // A Buffer is a Uint8Array of which some methods behave differently.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  checkHead(bytes);
  const size = bytes.byteLength;
  const length = metadataLength(bytes.subarray(Math.max(0, size - TAIL_BYTES)), size);
  const start = size - TAIL_BYTES - length;
  env.budget.takeBytes(length * METADATA_EXPANSION, `${length} bytes of metadata`);
  const footer = decodeFooter(bytes.subarray(start, start + length), start, size);
  const fetch: Fetch = (ranges) => ranges.map((range) => bytes.subarray(range.at, range.at + range.length));
  return new TableFile(footer, size, fetch, env, options);
}

/** The table in a file: reads its head and its tail. @throws FormatError */
export function tableOfSource(source: Source, env: Pick<Context<unknown>, 'budget' | 'progress' | 'signal'>, options: ParquetOptions): Maybe<TableFile> {
  const { size } = source;
  const fetch: Fetch = (ranges) => (source.readSync === undefined ? source.read(ranges, env.signal) : source.readSync(ranges));
  if (size < MAGIC.byteLength + TAIL_BYTES) throw corrupt(`read Parquet file of ${size} bytes: too short for a footer`, 0);
  const tailAt = Math.max(MAGIC.byteLength, size - USUAL_FOOTER);
  return after(fetch([{ at: 0, length: MAGIC.byteLength }, { at: tailAt, length: size - tailAt }]), ([head, tail]) => {
    checkHead(head!);
    const length = metadataLength(tail!, size);
    const start = size - TAIL_BYTES - length;
    env.budget.takeBytes(length * METADATA_EXPANSION, `${length} bytes of metadata`);
    const bytes: Maybe<Uint8Array> = start >= tailAt ? tail!.subarray(start - tailAt, start - tailAt + length) : after(fetch([{ at: start, length }]), (pieces) => pieces[0]!);
    return after(bytes, (metadata) => new TableFile(decodeFooter(metadata, start, size), size, fetch, env, options));
  });
}

function checkHead(head: Uint8Array): void {
  // A file with an encrypted footer starts with its own magic; metadataLength tells more of it.
  if (!startsWith(head, MAGIC) && !startsWith(head, ENCRYPTED_MAGIC)) throw new FormatError('not-this-format', 'read Parquet file: it does not start with PAR1', { format: 'parquet', offset: 0 });
}
