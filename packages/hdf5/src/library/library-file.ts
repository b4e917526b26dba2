import { FormatError, isFormatError } from '@formatlab/core';
import type { ObjectFile } from '../read/object-file.js';
import { callLibrary, type Engine } from './engine.js';
import { createFileNode, type Medium } from './file-node.js';
import { type DataMetadata, OBJECT } from './module.js';

const READ_ONLY = 0;
const READ_WRITE = 1;

/** A part of a dataset: one number a dimension. */
export interface Hyperslab {
  readonly start: readonly number[];
  readonly count: readonly number[];
  readonly step: readonly number[];
}

/** A file that the library has open. Paths are HDF5's: names between slashes, the root is `/`. */
export class LibraryFile implements ObjectFile {
  readonly engine: Engine;
  readonly #node: string;
  readonly #id: bigint;
  #open = true;

  /** @throws FormatError `corrupt` */
  constructor(engine: Engine, medium: Medium, writable = false) {
    this.engine = engine;
    this.#node = createFileNode(engine, medium);
    const { module } = engine;
    try {
      // Objects in the oldest form that holds them: every reader knows it, and the editor patches it.
      this.#id = callLibrary(engine, { action: 'open HDF5 file' }, () =>
        writable
          ? module.open(this.#node, READ_WRITE, false, module.H5F_LIBVER_EARLIEST, module.H5F_LIBVER_LATEST)
          : module.open(this.#node, READ_ONLY, false, -1, -1),
      );
    } catch (error) {
      unlink(engine, this.#node);
      throw error;
    }
    engine.openFiles++;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.engine.openFiles--;
    try {
      if (!this.engine.broken)
        this.#call('close HDF5 file', undefined, (id) => this.engine.module.close_file(id));
    } finally {
      unlink(this.engine, this.#node);
    }
  }

  /** Names of a group's links: in creation order where it is tracked, else sorted. */
  names(path: string): string[] {
    return this.#call(`list group '${path}'`, path, (id) => this.engine.module.get_names(id, path, false));
  }

  /** What stands at a path, links followed; `missing` too where the way there leads through something else. */
  kindOf(path: string): number {
    if (path === '/') return OBJECT.group;
    return this.#linked(path, OBJECT.userLink, (id) => this.engine.module.get_type(id, path));
  }

  /** Target of a soft link, or null for anything else. */
  softLink(path: string): string | null {
    return this.#linked(path, null, (id) => this.engine.module.get_symbolic_link(id, path));
  }

  externalLink(path: string): { readonly file: string; readonly path: string } | undefined {
    const link = this.#linked<{ filename?: string; obj_path?: string }>(path, {}, (id) =>
      this.engine.module.get_external_link(id, path),
    );
    return link.filename === undefined ? undefined : { file: link.filename, path: link.obj_path ?? '/' };
  }

  /** Address of the object's header, relative to the base address. */
  addressOf(path: string): number {
    const bytes = this.#call(`find '${path}'`, path, (id) =>
      this.engine.module.create_object_reference(id, path),
    );
    let address = 0;
    for (let i = 7; i >= 0; i--) address = address * 256 + (bytes[i] ?? 0);
    return address;
  }

  /** Path of the object that a reference of 8 (object) or 12 (region) bytes points to, or null. */
  referencedPath(reference: Uint8Array, isObject: boolean): string | null {
    return this.#call('follow reference', undefined, (id) =>
      this.engine.module.get_referenced_name(id, Array.from(reference), isObject),
    );
  }

  metadata(path: string): DataMetadata {
    return this.#call(`read '${path}'`, path, (id) => this.engine.module.get_dataset_metadata(id, path));
  }

  attributeNames(path: string): string[] {
    return this.#call(`list attributes of '${path}'`, path, (id) =>
      this.engine.module.get_attribute_names(id, path),
    );
  }

  attributeMetadata(path: string, name: string): DataMetadata {
    return this.#call(`read attribute '${name}' of '${path}'`, path, (id) =>
      this.engine.module.get_attribute_metadata(id, path, name),
    );
  }

  /** Reads a part of a dataset, or all of it, to `pointer`. `silence`: see MemoryType. */
  readData(path: string, part: Hyperslab | undefined, pointer: number, silence: boolean): void {
    const { module } = this.engine;
    const status = this.#silenced(silence, () =>
      this.#call(`read '${path}'`, path, (id) =>
        module.get_dataset_data(
          id,
          path,
          bigs(part?.count),
          bigs(part?.start),
          bigs(part?.step),
          BigInt(pointer),
        ),
      ),
    );
    if (status < 0) throw new FormatError('corrupt', `read '${path}': the HDF5 library failed`, { path });
  }

  readAttribute(path: string, name: string, pointer: number, silence: boolean): void {
    const { module } = this.engine;
    const status = this.#silenced(silence, () =>
      this.#call(`read attribute '${name}' of '${path}'`, path, (id) =>
        module.get_attribute_data(id, path, name, BigInt(pointer)),
      ),
    );
    if (status < 0)
      throw new FormatError('corrupt', `read attribute '${name}' of '${path}': the HDF5 library failed`, {
        path,
      });
  }

  writeData(path: string, part: Hyperslab | undefined, pointer: number): void {
    this.#call(`write '${path}'`, path, (id) =>
      this.engine.module.set_dataset_data(
        id,
        path,
        bigs(part?.count),
        bigs(part?.start),
        bigs(part?.step),
        BigInt(pointer),
      ),
    );
  }

  /** Frees what the library allocated for variable lengths in `count` elements (all: undefined) at `pointer`. */
  reclaim(path: string, attribute: string, pointer: number, count: readonly number[] | undefined): void {
    const { module } = this.engine;
    this.#call(`read '${path}'`, path, (id) =>
      count === undefined
        ? module.reclaim_vlen_memory(id, path, attribute, BigInt(pointer))
        : module.reclaim_vlen_memory_count(id, path, attribute, BigInt(pointer), bigs(count)!),
    );
  }

  resize(path: string, shape: readonly number[]): void {
    this.#call(`extend '${path}'`, path, (id) => this.engine.module.resize_dataset(id, path, bigs(shape)!));
  }

  createGroup(path: string): void {
    this.#call(`create group '${path}'`, path, (id) => this.engine.module.create_group(id, path, false));
  }

  /** A dataset of one int8 that stands for an object which is written into its place. */
  createPlaceholder(path: string): void {
    const shape = { shape: [1n], maxshape: [1n], chunks: null };
    const int8 = { type: 0, size: 1, signed: true, vlen: false, littleEndian: true };
    withMemory(this.engine, 8, (pointer) =>
      this.#call(`create '${path}'`, path, (id) =>
        this.engine.module.create_dataset(id, path, BigInt(pointer), { ...shape, ...int8 }),
      ),
    );
  }

  /** `unknown`: what is told of a link of a class that only its producer knows. */
  #linked<T>(path: string, unknown: T, work: (id: bigint) => T): T {
    try {
      return this.#call(`find '${path}'`, path, work);
    } catch (error) {
      if (isFormatError(error) && error.message.includes('unable to find link class')) return unknown;
      throw error;
    }
  }

  #silenced<T>(silence: boolean, work: () => T): T {
    if (!silence) return work();
    this.engine.module.deactivate_throwing_error_handler();
    try {
      return work();
    } finally {
      this.engine.module.activate_throwing_error_handler();
    }
  }

  #call<T>(action: string, path: string | undefined, work: (id: bigint) => T): T {
    return callLibrary(this.engine, { action, path }, () => work(this.#id));
  }
}

/** Memory of the library for the time of `work`. @throws FormatError `limit` when there is none left */
export function withMemory<T>(engine: Engine, size: number, work: (pointer: number) => T): T {
  const pointer = engine.module._malloc(Math.max(8, size));
  if (pointer === 0)
    throw new FormatError('limit', `allocate ${size} bytes for the HDF5 library: its memory is used up`);
  try {
    return work(pointer);
  } finally {
    if (!engine.broken) engine.module._free(pointer);
  }
}

function bigs(numbers: readonly number[] | undefined): bigint[] | null {
  return numbers === undefined ? null : numbers.map(BigInt);
}

function unlink(engine: Engine, node: string): void {
  if (!engine.broken) engine.module.FS.unlink(node);
}
