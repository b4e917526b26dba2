import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as zlib from 'node:zlib';

/** What Node gives and a browser does not; `browser.ts` stands in for it there. */
export interface Platform {
  readonly fs: typeof fs;
  readonly os: typeof os;
  readonly path: typeof path;
  readonly zlib: typeof zlib;
  readonly randomName: () => string;
}

export const platform: Platform | undefined = {
  fs,
  os,
  path,
  zlib,
  randomName: () => randomBytes(6).toString('hex'),
};
