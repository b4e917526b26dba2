import { type Context, FormatError, type Source } from '@formatlab/core';
import { corrupt } from './corrupt.js';
import { decodeFooter, ENCRYPTED_MAGIC, MAGIC, metadataLength, startsWith, TAIL_BYTES } from './footer.js';
import { after, type Maybe } from './maybe.js';
import type { ParquetOptions } from './options.js';
import { CREATED_BY_SEALED, checkSeal, isSeal, SEAL_BYTES } from './seal.js';
import { type Fetch, type OpenedFile, TableFile } from './table-file.js';

/** Most footers fit: one read then gives all that is needed. */
const USUAL_FOOTER = 16_384;
/** Decoded metadata takes several times its bytes. */
const METADATA_EXPANSION = 8;

/** The table in bytes. @throws FormatError */
export function tableOfBytes(given: Uint8Array, env: Env, options: ParquetOptions): TableFile {
  return new TableFile(openedOfBytes(given, env, options), env, options);
}

/** The metadata of a file in bytes. @throws FormatError */
export function openedOfBytes(given: Uint8Array, env: Env, options: ParquetOptions): OpenedFile {
  // A Buffer is a Uint8Array of which some methods behave differently.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  checkHead(bytes);
  const size = bytes.byteLength;
  const fetch: Fetch = (ranges) => ranges.map((range) => bytes.subarray(range.at, range.at + range.length));
  return opened(bytes, 0, metadataLength(bytes, size), { size, fetch }, env, options);
}

/** The table in a file: reads its head and its tail. @throws FormatError */
export function tableOfSource(source: Source, env: SourceEnv, options: ParquetOptions): Maybe<TableFile> {
  return after(openedOfSource(source, env, options), (opened) => new TableFile(opened, env, options));
}

/** The metadata of a file: reads its head and its tail. @throws FormatError */
export function openedOfSource(source: Source, env: SourceEnv, options: ParquetOptions): Maybe<OpenedFile> {
  const { size } = source;
  const fetch: Fetch = (ranges) =>
    source.readSync === undefined ? source.read(ranges, env.signal) : source.readSync(ranges);
  if (size < MAGIC.byteLength + TAIL_BYTES)
    throw corrupt(`read Parquet file of ${size} bytes: too short for a footer`, 0);
  const tailAt = Math.max(MAGIC.byteLength, size - USUAL_FOOTER);
  return after(
    fetch([
      { at: 0, length: MAGIC.byteLength },
      { at: tailAt, length: size - tailAt },
    ]),
    ([head, tail]) => {
      checkHead(head!);
      const length = metadataLength(tail!, size);
      const wanted = Math.max(MAGIC.byteLength, size - TAIL_BYTES - length - SEAL_BYTES);
      if (wanted >= tailAt) return opened(tail!, tailAt, length, { size, fetch }, env, options);
      env.budget.takeBytes(length, `${length} bytes of metadata`);
      return after(fetch([{ at: wanted, length: size - wanted }]), ([more]) =>
        opened(more!, wanted, length, { size, fetch }, env, options),
      );
    },
  );
}

type Env = Pick<Context<unknown>, 'budget' | 'progress'>;
type SourceEnv = Env & Pick<Context<unknown>, 'signal'>;

/** `end` is the file from `at` on, with the metadata of `length` bytes and what lies before it. */
function opened(
  end: Uint8Array,
  at: number,
  length: number,
  file: Pick<OpenedFile, 'size' | 'fetch'>,
  env: Env,
  options: ParquetOptions,
): OpenedFile {
  const start = file.size - TAIL_BYTES - length;
  env.budget.takeBytes(length * METADATA_EXPANSION, `${length} bytes of metadata`);
  const metadata = end.subarray(start - at, start - at + length);
  const before = end.subarray(Math.max(0, start - at - SEAL_BYTES), start - at);
  const sealed = isSeal(before);
  if (sealed && options.verify !== 'never') checkSeal(before, metadata, start);
  const footer = decodeFooter(metadata, start, file.size);
  if (!sealed && footer.createdBy === CREATED_BY_SEALED && options.verify !== 'never')
    throw corrupt('read Parquet metadata: its checksum is missing', start);
  return { ...file, footer, sealed };
}

function checkHead(head: Uint8Array): void {
  // A file with an encrypted footer starts with its own magic; metadataLength tells more of it.
  if (!startsWith(head, MAGIC) && !startsWith(head, ENCRYPTED_MAGIC))
    throw new FormatError('not-this-format', 'read Parquet file: it does not start with PAR1', {
      format: 'parquet',
      offset: 0,
    });
}
