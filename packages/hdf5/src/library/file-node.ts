import type { Source } from '@formatlab/core';
import { EIO, type Engine } from './engine.js';
import type { EmscriptenNode, EmscriptenStream } from './module.js';

/** What the library reads and writes instead of a file. */
export interface Medium {
  readonly size: number;
  /** Fills `target` from `at` on; the range lies within the size. */
  readInto(at: number, target: Uint8Array): void;
  /** Copies what it keeps. Absent: read only. */
  write?(at: number, bytes: Uint8Array): void;
  truncate?(size: number): void;
}

/** A medium over a source with synchronous reads; views of memory are not copied twice. */
export function mediumOfSource(source: Source): Medium {
  const { readInto, readSync } = source;
  if (readInto !== undefined) {
    return {
      get size() {
        return source.size;
      },
      readInto,
    };
  }
  return {
    get size() {
      return source.size;
    },
    // Core hands a format that declares `io: 'sync'` only sources that have one of the two.
    readInto: (at, target) => target.set(readSync!([{ at, length: target.byteLength }])[0]!),
  };
}

let names = 0;

/** Gives the library a file that is served by `medium`. Returns its path; `FS.unlink` takes it away. */
export function createFileNode(engine: Engine, medium: Medium): string {
  const { FS } = engine.module;
  const name = `${++names}.h5`;
  const node = FS.createFile(engine.folder, name, {}, true, medium.write !== undefined);
  node.node_ops = nodeOperations(engine, node, medium);
  node.stream_ops = streamOperations(engine, medium);
  return `${engine.folder}/${name}`;
}

function nodeOperations(engine: Engine, node: EmscriptenNode, medium: Medium): object {
  const time = new Date(0);
  return {
    getattr: () => ({
      dev: 1,
      ino: node.id,
      mode: node.mode,
      nlink: 1,
      uid: 0,
      gid: 0,
      rdev: 0,
      size: medium.size,
      atime: time,
      mtime: time,
      ctime: time,
      blksize: 4096,
      blocks: Math.ceil(medium.size / 4096),
    }),
    setattr: (_node: EmscriptenNode, attributes: { mode?: number; size?: number }) => {
      if (attributes.mode !== undefined) node.mode = attributes.mode;
      const { size } = attributes;
      if (size !== undefined) guarded(engine, () => medium.truncate!(size));
    },
  };
}

function streamOperations(engine: Engine, medium: Medium): object {
  return {
    llseek: (stream: EmscriptenStream, offset: number, whence: number): number => {
      const base = whence === 1 ? stream.position : whence === 2 ? medium.size : 0;
      return base + offset;
    },
    read: (_stream: EmscriptenStream, heap: Int8Array, to: number, length: number, at: number): number => {
      const count = Math.min(length, medium.size - at);
      if (!(count > 0)) return 0;
      guarded(engine, () => medium.readInto(at, new Uint8Array(heap.buffer, heap.byteOffset + to, count)));
      return count;
    },
    write: (_stream: EmscriptenStream, heap: Int8Array, from: number, length: number, at: number): number => {
      guarded(engine, () => medium.write!(at, new Uint8Array(heap.buffer, heap.byteOffset + from, length)));
      return length;
    },
  };
}

/** An exception must not cross the library's frames: it sees an I/O error, and the caller gets what was thrown. */
function guarded(engine: Engine, work: () => void): void {
  try {
    work();
  } catch (error) {
    engine.pending ??= error;
    throw new engine.module.FS.ErrnoError(EIO);
  }
}
