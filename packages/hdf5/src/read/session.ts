import { type Context, FormatError, type Source, Tagged, type Value } from '@formatlab/core';
import { type FileView, viewOfSource } from '../layout/file-view.js';
import { type ObjectHeader, readObjectHeader } from '../layout/object-header.js';
import { findSignature, readSuperblock, type Superblock } from '../layout/superblock.js';
import type { Engine } from '../library/engine.js';
import { type Medium, mediumOfSource } from '../library/file-node.js';
import { LibraryFile } from '../library/library-file.js';
import type { Hdf5Options } from '../options.js';
import type { ElementContext } from './elements.js';
import { pointerOf } from './paths.js';

export type ReadContext = Pick<Context<Hdf5Options>, 'budget' | 'loss' | 'progress' | 'options'>;

/** One file that is being read: the library's view of it, and its bytes for what needs no library. */
export class ReadSession implements ElementContext {
  readonly file: LibraryFile;
  readonly context: ReadContext;
  readonly view: FileView;
  /** Undefined where addresses are not 8 bytes long: then the library reads everything. */
  readonly superblock: Superblock | undefined;
  readonly #engine: Engine;

  constructor(engine: Engine, medium: Medium, view: FileView, context: ReadContext) {
    this.#engine = engine;
    this.context = context;
    this.view = view;
    const superblock = checkStart(view);
    this.superblock = superblock?.addressSize === 8 && superblock.lengthSize === 8 ? superblock : undefined;
    this.file = new LibraryFile(engine, medium);
  }

  /** The object header behind an address, where its form is known here. */
  header(address: number): ObjectHeader | undefined {
    if (this.superblock === undefined) return undefined;
    return readObjectHeader(this.view, this.superblock.base, this.superblock.base + address);
  }

  heap(): Uint8Array {
    return this.#engine.module.HEAPU8;
  }

  reference(bytes: Uint8Array, isObject: boolean): Value {
    if (bytes.every((byte) => byte === 0)) return null;
    const path = this.file.referencedPath(bytes, isObject);
    if (isObject) return new Tagged('reference', path === null ? null : pointerOf(path));
    return new Tagged('region-reference', path === null ? null : pointerOf(path), { bytes });
  }

  readonly loss: ElementContext['loss'] = (loss) => this.context.loss(loss);

  close(): void {
    this.file.close();
  }
}

export function openSession(engine: Engine, source: Source, context: ReadContext): ReadSession {
  return new ReadSession(engine, mediumOfSource(source), viewOfSource(source), context);
}

/** @throws FormatError `not-this-format`, `corrupt` for a file that was cut */
export function checkStart(view: FileView): Superblock | undefined {
  const at = findSignature(view);
  if (at === undefined) {
    throw new FormatError(
      'not-this-format',
      `read HDF5 file of ${view.size} bytes: no HDF5 signature at 0, 512, 1024 …`,
      { format: 'hdf5' },
    );
  }
  const superblock = readSuperblock(view, at);
  // Both are counted from the start of the file, also behind a user block.
  const end = superblock?.end;
  if (
    superblock !== undefined &&
    superblock.addressSize === 8 &&
    end !== undefined &&
    end > view.size + (superblock.at - superblock.base)
  ) {
    throw new FormatError('corrupt', `read HDF5 file of ${view.size} bytes: cut, it should have ${end}`, {
      format: 'hdf5',
      offset: view.size,
    });
  }
  return superblock;
}
