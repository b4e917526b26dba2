import type { ByteReader } from '../byte-reader.js';
import { crc32 } from '../codec/crc32.js';
import type { Decompress } from '../codec/decompress.js';
import { corrupt } from '../corrupt.js';
import { decodePageHeader, type PageHeader } from '../page-header.js';
import type { ReadEnv } from './env.js';

/** Pages of one chunk in the order of the file. */
export class PageCursor {
  readonly reader: ByteReader;
  readonly #decompress: Decompress;
  readonly #env: ReadEnv;
  #scratch = new Uint8Array(0);

  /** Values are copied out of a page before the next one comes: its memory is zeroed and collected once. */
  readonly #room = (size: number): Uint8Array => {
    if (this.#scratch.byteLength < size) this.#scratch = new Uint8Array(size);
    return this.#scratch.subarray(0, size);
  };

  constructor(reader: ByteReader, decompress: Decompress, env: ReadEnv) {
    this.reader = reader;
    this.#decompress = decompress;
    this.#env = env;
  }

  get offset(): number {
    return this.reader.base + this.reader.at;
  }

  /** The next header; undefined at the end of the chunk. */
  next(): PageHeader | undefined {
    return this.reader.left > 0 ? decodePageHeader(this.reader) : undefined;
  }

  skip(header: PageHeader): void {
    this.reader.at += header.packed;
  }

  /**
   * The page's bytes, decompressed; levels of version 2, which are never compressed, stay in front. What is
   * allocated is charged; `release` gives it back when the page is done.
   */
  body(header: PageHeader): { readonly bytes: Uint8Array; readonly release: () => void } {
    const { offset } = this;
    const packed = this.reader.take(header.packed, 'a page');
    if (this.#env.verify) {
      if (header.crc === undefined && this.#env.own)
        throw corrupt('read page: its checksum is missing', offset);
      if (header.crc !== undefined && crc32([packed]) !== header.crc)
        throw corrupt('read page: its checksum does not match', offset);
    }
    if (header.type !== 'dataV2') return this.#unpack(packed, header.size, offset);
    const levels = header.defLength + header.repLength;
    // A page of nulls only may have no values to compress.
    if (!header.compressed || packed.byteLength === levels) return { bytes: packed, release: () => {} };
    const values = this.#unpack(packed.subarray(levels), header.size - levels, offset + levels);
    if (levels === 0 || values.bytes.buffer === packed.buffer)
      return levels === 0 ? values : { ...values, bytes: packed };
    const bytes = new Uint8Array(header.size);
    bytes.set(packed.subarray(0, levels));
    bytes.set(values.bytes, levels);
    return { ...values, bytes };
  }

  #unpack(packed: Uint8Array, size: number, offset: number): { bytes: Uint8Array; release: () => void } {
    const { budget } = this.#env;
    budget.takeBytes(size, `a page of ${size} bytes`);
    const release = (): void => budget.releaseBytes(size);
    if (packed.byteLength === 0 && size === 0) return { bytes: packed, release };
    const bytes = this.#decompress(packed, size, offset, this.#room);
    return { bytes, release };
  }
}
