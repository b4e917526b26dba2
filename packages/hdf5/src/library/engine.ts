import { FormatError, isFormatError } from '@formatlab/core';
import { errorText } from './error-text.js';
import type { EmscriptenStream, Hdf5Module } from './module.js';

/** A loaded instance of the library. */
export interface Engine {
  readonly module: Hdf5Module;
  /** Folder of the library's file system that holds our files; its name cannot be guessed by a file's content. */
  readonly folder: string;
  /** True after a trap: its memory can no longer be trusted. */
  broken: boolean;
  /** Failed calls: each leaves handles open inside the library. */
  failures: number;
  openFiles: number;
  /** What a file node threw while the library was reading or writing; the library only sees an I/O error. */
  pending: unknown;
}

/** Failed calls after which the next file gets a new instance: what they leave open takes memory. */
const MOST_FAILURES = 1000;

let engine: Engine | undefined;
let loading: Promise<Engine> | undefined;
let instances = 0;

/** The library, loaded on first use (about 130 ms) and replaced after a trap. */
export function loadEngine(): Engine | Promise<Engine> {
  if (engine !== undefined && !mustReplace(engine)) return engine;
  loading ??= instantiate().finally(() => {
    loading = undefined;
  });
  return loading;
}

function mustReplace(candidate: Engine): boolean {
  return candidate.broken || (candidate.failures > MOST_FAILURES && candidate.openFiles === 0);
}

async function instantiate(): Promise<Engine> {
  const module = await freshModule(instances++);
  // Without it a failed read is silent and gives uninitialised memory.
  module.activate_throwing_error_handler();
  const folder = `/formatlab-${Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join('')}`;
  module.FS.mkdir(folder);
  engine = { module, folder, broken: false, failures: 0, openFiles: 0, pending: undefined };
  fenceFileSystem(engine);
  silenceOutput(engine);
  return engine;
}

async function freshModule(instance: number): Promise<Hdf5Module> {
  // h5wasm exports one instance a module; another URL of the same module gives another instance.
  const { default: h5wasm } =
    instance === 0
      ? await import('h5wasm')
      : await import(/* @vite-ignore */ `${import.meta.resolve('h5wasm')}?${instance}`);
  // The published types of the module leave out part of what it has; ours are the part that is used.
  return (await h5wasm.ready) as unknown as Hdf5Module;
}

/** What the library prints is for nobody: its errors come as exceptions. */
function silenceOutput({ module }: Engine): void {
  for (const fd of [STDOUT, STDERR]) {
    const stream = module.FS.getStream(fd);
    if (stream === null) continue;
    const write = (_stream: unknown, _heap: unknown, _from: number, length: number): number => length;
    stream.stream_ops = { ...stream.stream_ops, write };
  }
}

const STDOUT = 1;
const STDERR = 2;

/**
 * Nothing but our nodes and the library's own temporary files can be opened: an external link or external raw
 * data in a file must not reach `/dev/stdin` or another open file.
 */
function fenceFileSystem(fenced: Engine): void {
  const { FS } = fenced.module;
  const open = FS.open.bind(FS);
  const temporary: EmscriptenStream[] = [];
  FS.open = (path, flags, mode) => {
    const name = typeof path === 'string' ? path.replace(/^\/+/, '/') : undefined;
    if (name?.startsWith('/tmp/tmpfile_')) {
      // The error handler never closes these.
      for (const stream of temporary.splice(0)) if (stream.fd !== null) FS.close(stream);
      const stream = open(path, flags, mode);
      temporary.push(stream);
      return stream;
    }
    if (name?.startsWith(`${fenced.folder}/`)) return open(path, flags, mode);
    throw new FS.ErrnoError(ENOENT);
  };
}

/** Emscripten's numbers (WASI). */
const ENOENT = 44;
export const EIO = 29;

/** What a failed call means where the library does not say. */
export interface CallContext {
  /** What was tried: `read '/a'`. */
  readonly action: string;
  readonly path?: string | undefined;
}

/**
 * Calls into the library; what it throws becomes a FormatError. A trap marks the instance as broken, so that
 * the next file gets a new one.
 */
export function callLibrary<T>(target: Engine, { action, path }: CallContext, work: () => T): T {
  if (target.broken) {
    throw new FormatError(
      'io',
      `${action}: the HDF5 library crashed on a damaged file; open the file again`,
      { path },
    );
  }
  try {
    return work();
  } catch (error) {
    if (target.pending !== undefined) {
      const pending = target.pending;
      target.pending = undefined;
      target.failures++;
      throw pending;
    }
    if (isFormatError(error)) throw error;
    target.failures++;
    const message = error instanceof Error ? error.message : String(error);
    if (isTrap(error)) {
      target.broken = true;
      throw new FormatError('corrupt', `${action}: the HDF5 library crashed (${message})`, {
        path,
        cause: error,
      });
    }
    throw classify(action, errorText(message), path, error);
  }
}

function isTrap(error: unknown): boolean {
  if (typeof error === 'number') return true;
  return (
    error instanceof RangeError || error instanceof TypeError || (error as Error)?.name === 'RuntimeError'
  );
}

function classify(action: string, said: string, path: string | undefined, cause: unknown): FormatError {
  const filter =
    /required filter '([^']*)' is not registered|filter '([^']*)' is not registered|can't open.*plugin/i.exec(
      said,
    );
  if (filter !== null || /filter .*(not registered|not available)|plugin/i.test(said)) {
    const name = filter?.[1] ?? filter?.[2] ?? 'unknown';
    return new FormatError('unsupported', `${action}: filter '${name}' is not built in`, {
      path,
      feature: `filter ${name}`,
      supported: ['gzip', 'shuffle', 'fletcher32', 'szip', 'nbit', 'scaleoffset'],
      cause,
    });
  }
  if (/external raw data|external file/i.test(said)) {
    return new FormatError('unsupported', `${action}: its data lies in other files, which are never opened`, {
      path,
      feature: 'external raw data',
      cause,
    });
  }
  if (/memory allocation|out of memory|no space available/i.test(said)) {
    return new FormatError('limit', `${action}: ${said}`, { path, cause });
  }
  return new FormatError('corrupt', `${action}: ${said}`, { path, cause });
}
