import * as zlib from 'node:zlib';

/** What Node gives and a browser does not; `browser.ts` stands in for it there. */
export interface Platform {
  readonly zlib: typeof zlib;
  /** One byte a character, without copying character by character. */
  readonly latin1: (bytes: Uint8Array) => string;
}

export const platform: Platform | undefined = {
  zlib,
  latin1: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'),
};
