/** One data type as h5wasm describes it; sizes and offsets are those in the library's memory. */
export interface TypeMetadata {
  /** H5T_class_t. */
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  /** True for strings of variable length. */
  readonly vlen: boolean;
  readonly cset?: number;
  readonly strpad?: number;
  readonly ref_type?: string;
  readonly array_type?: TypeMetadata & { readonly shape: readonly number[] };
  readonly vlen_type?: TypeMetadata;
  readonly enum_type?: {
    readonly type: number;
    readonly nmembers: number;
    readonly members: Readonly<Record<string, number>>;
  };
  readonly compound_type?: {
    readonly members: readonly (TypeMetadata & { readonly name: string; readonly offset: number })[];
  };
}

/** A dataset or attribute as h5wasm describes it; the shape is null for a null dataspace. */
export interface DataMetadata extends TypeMetadata {
  readonly shape: readonly number[] | null;
  readonly maxshape: readonly number[] | null;
  readonly chunks: readonly number[] | null;
  readonly total_size: number;
  readonly virtual_sources?: readonly { readonly file_name: string; readonly dset_name: string }[];
}

/** The low-level functions of h5wasm 0.10 that this package calls. */
export interface Hdf5Module {
  readonly HEAPU8: Uint8Array;
  readonly FS: EmscriptenFileSystem;
  readonly H5F_LIBVER_EARLIEST: number;
  readonly H5F_LIBVER_LATEST: number;
  _malloc(size: number): number;
  _free(pointer: number): void;
  activate_throwing_error_handler(): number;
  deactivate_throwing_error_handler(): number;
  open(name: string, mode: number, trackOrder: boolean, low: number, high: number): bigint;
  close_file(file: bigint): number;
  flush(file: bigint): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  get_type(file: bigint, path: string): number;
  get_symbolic_link(file: bigint, path: string): string | null;
  get_external_link(file: bigint, path: string): { filename?: string; obj_path?: string };
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): DataMetadata;
  get_attribute_data(file: bigint, path: string, name: string, pointer: bigint): number;
  get_dataset_metadata(file: bigint, path: string): DataMetadata;
  get_dataset_filters(file: bigint, path: string): { id: number; name: string; cd_values: number[] }[];
  get_dataset_data(
    file: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    strides: bigint[] | null,
    pointer: bigint,
  ): number;
  set_dataset_data(
    file: bigint,
    path: string,
    count: bigint[] | null,
    offset: bigint[] | null,
    strides: bigint[] | null,
    pointer: bigint,
  ): number;
  reclaim_vlen_memory(file: bigint, path: string, attribute: string, pointer: bigint): number;
  reclaim_vlen_memory_count(
    file: bigint,
    path: string,
    attribute: string,
    pointer: bigint,
    count: bigint[],
  ): number;
  resize_dataset(file: bigint, path: string, shape: bigint[]): number;
  create_group(file: bigint, path: string, trackOrder: boolean): number;
  create_dataset(file: bigint, path: string, pointer: bigint, metadata: object): number;
  create_attribute(file: bigint, path: string, name: string, pointer: bigint, metadata: object): number;
  delete_attribute(file: bigint, path: string, name: string): number;
  create_object_reference(file: bigint, path: string): ArrayLike<number>;
  get_referenced_name(file: bigint, reference: ArrayLike<number>, isObject: boolean): string | null;
}

/** What this package uses of Emscripten's file system. */
export interface EmscriptenFileSystem {
  readonly ErrnoError: new (errno: number) => Error;
  createFile(
    parent: string,
    name: string,
    properties: object,
    canRead: boolean,
    canWrite: boolean,
  ): EmscriptenNode;
  mkdir(path: string): unknown;
  unlink(path: string): void;
  open(path: string | EmscriptenNode, flags: number | string, mode?: number): EmscriptenStream;
  close(stream: EmscriptenStream): void;
  getStream(fd: number): EmscriptenStream | null;
}

export interface EmscriptenNode {
  readonly id: number;
  mode: number;
  node_ops: object;
  stream_ops: object;
}

export interface EmscriptenStream {
  readonly fd: number | null;
  readonly node: EmscriptenNode;
  position: number;
  stream_ops: object;
}

/** H5T_class_t of the HDF5 library. */
export const CLASS = {
  integer: 0,
  float: 1,
  time: 2,
  string: 3,
  bitfield: 4,
  opaque: 5,
  compound: 6,
  reference: 7,
  enum: 8,
  vlen: 9,
  array: 10,
  complex: 11,
} as const;

/** What `get_type` answers (H5G_obj_t). */
export const OBJECT = { missing: -1, group: 0, dataset: 1, datatype: 2, softLink: 3, userLink: 4 } as const;
