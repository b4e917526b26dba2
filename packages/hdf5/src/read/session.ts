import { type Context, FormatError, type Source, Tagged, type Value } from '@formatlab/core';
import { type FileView, viewOfSource } from '../layout/file-view.js';
import { type ObjectHeader, readObjectHeader } from '../layout/object-header.js';
import { findSignature, readSuperblock, type Superblock } from '../layout/superblock.js';
import type { Engine } from '../library/engine.js';
import { mediumOfSource } from '../library/file-node.js';
import { LibraryFile } from '../library/library-file.js';
import { damaged, FieldReader, LeaveToLibrary } from '../native/field-reader.js';
import { NativeFile } from '../native/native-file.js';
import type { Hdf5Options } from '../options.js';
import { committedType } from './dataset-info.js';
import type { ElementContext } from './elements.js';
import type { ObjectFile } from './object-file.js';
import { pointerOf } from './paths.js';

export type ReadContext = Pick<Context<Hdf5Options>, 'budget' | 'loss' | 'progress' | 'options'>;

/** One file that is being read, by one of the two engines. */
export class ReadSession implements ElementContext {
  readonly file: ObjectFile;
  /** Where this package reads the file; else the library does. */
  readonly native: NativeFile | undefined;
  readonly context: ReadContext;
  readonly view: FileView;
  /** Undefined where addresses are not 8 bytes long: then the library reads everything. */
  readonly superblock: Superblock | undefined;
  readonly #library: LibraryFile | undefined;

  /** @throws FormatError; `LeaveToLibrary` without an engine, for what only the library reads */
  constructor(engine: Engine | undefined, source: Source, context: ReadContext) {
    this.context = context;
    this.view = viewOfSource(source);
    const superblock = checkStart(this.view);
    this.superblock = superblock?.addressSize === 8 && superblock.lengthSize === 8 ? superblock : undefined;
    if (engine !== undefined) {
      this.#library = new LibraryFile(engine, mediumOfSource(source));
      this.file = this.#library;
      return;
    }
    if (superblock === undefined) throw damaged('read HDF5 file: its superblock is damaged', 0);
    if (this.superblock === undefined) throw new LeaveToLibrary('addresses of another size than 8 bytes');
    this.native = new NativeFile(this.view, superblock, committedType);
    this.file = this.native;
  }

  /** The library's view of the file. */
  get library(): LibraryFile {
    if (this.#library === undefined) throw new LeaveToLibrary('data of a kind that is not known here');
    return this.#library;
  }

  /** The object header behind an address, where its form is known here. */
  header(address: number): ObjectHeader | undefined {
    if (this.native !== undefined) return this.native.header(address);
    if (this.superblock === undefined) return undefined;
    return readObjectHeader(this.view, this.superblock.base, this.superblock.base + address);
  }

  heap(): Uint8Array {
    return this.library.engine.module.HEAPU8;
  }

  /** Text of variable length whose element stands at `at`. */
  textBytes(bytes: Uint8Array, at: number): Uint8Array {
    if (this.native === undefined) {
      const pointer = new FieldReader(bytes.subarray(at, at + 4), at).u32();
      if (pointer === 0) return NOTHING;
      const heap = this.heap();
      return heap.subarray(pointer, heap.indexOf(0, pointer));
    }
    const { bytes: text } = this.sequence(bytes, at, 1);
    const end = text.indexOf(0);
    return end < 0 ? text : text.subarray(0, end);
  }

  /** The items of variable number whose element stands at `at`. */
  sequence(
    bytes: Uint8Array,
    at: number,
    itemSize: number,
  ): { readonly bytes: Uint8Array; readonly count: number } {
    const fields = new FieldReader(bytes.subarray(at), at);
    const count = fields.u32();
    if (this.native === undefined) {
      const pointer = fields.u32();
      return { bytes: this.heap().subarray(pointer, pointer + count * itemSize), count };
    }
    const address = fields.address();
    if (count === 0 || address === undefined || address === 0) return { bytes: NOTHING, count: 0 };
    const object = this.native.heap.object(address, fields.u32());
    const size = count * itemSize;
    if (size > object.byteLength)
      throw damaged(`read a sequence of ${size} bytes: its heap object has ${object.byteLength}`);
    // Many elements may name one object: each gets its own copy.
    this.context.budget.takeBytes(size, 'data of variable length');
    return { bytes: object.subarray(0, size), count };
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

const NOTHING = new Uint8Array(0);

/** Without an engine this package reads the file itself. */
export function openSession(engine: Engine | undefined, source: Source, context: ReadContext): ReadSession {
  return new ReadSession(engine, source, context);
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
