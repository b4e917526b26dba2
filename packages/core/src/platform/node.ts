import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as zlib from 'node:zlib';

/** What Node gives and a browser does not; `browser.ts` stands in for it there. */
export interface Platform {
  readonly fs: typeof fs;
  readonly os: typeof os;
  readonly path: typeof path;
  readonly zlib: typeof zlib;
  readonly fileURLToPath: typeof fileURLToPath;
  readonly randomName: () => string;
  /** Memory that is not zeroed first: for what is filled at once, or thrown away. */
  readonly allocate: (size: number) => Uint8Array<ArrayBuffer>;
}

export const platform: Platform | undefined = {
  fs,
  os,
  path,
  zlib,
  fileURLToPath,
  allocate: (size) => {
    // A plain view: Buffer's own slice and toString differ from those of Uint8Array.
    const { buffer, byteOffset } = Buffer.allocUnsafeSlow(size);
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, size); // it shares no memory with threads
  },
  randomName: () => randomBytes(6).toString('hex'),
};
