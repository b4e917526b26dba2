import { FormatError } from '../errors.js';

/** The part of `@bokuweb/zstd-wasm` in use: libzstd, one frame at a time, of known size. */
export interface ZstdWasm {
  compress(bytes: Uint8Array, level: number): Uint8Array;
  decompress(frame: Uint8Array): Uint8Array;
}

/** The part of `fzstd` in use: streams; it does not verify checksums. */
export type Fzstd = Pick<typeof import('fzstd'), 'Decompress'>;

let wasm: Promise<ZstdWasm> | undefined;
let fzstd: Promise<Fzstd> | undefined;

/** @throws FormatError `unsupported` */
export function loadZstdWasm(action: string): Promise<ZstdWasm> {
  wasm ??= import('@bokuweb/zstd-wasm').then(async (library) => {
    await library.init();
    return library;
  });
  return wasm.catch((error: unknown) => {
    wasm = undefined;
    throw missing(action, error);
  });
}

/** @throws FormatError `unsupported` */
export function loadFzstd(action: string): Promise<Fzstd> {
  fzstd ??= import('fzstd');
  return fzstd.catch((error: unknown) => {
    fzstd = undefined;
    throw missing(action, error);
  });
}

function missing(action: string, cause: unknown): FormatError {
  return new FormatError(
    'unsupported',
    `${action} zstd: its libraries are missing; run 'npm i @bokuweb/zstd-wasm fzstd'`,
    {
      feature: 'zstd',
      cause,
    },
  );
}
