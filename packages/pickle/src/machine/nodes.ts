/**
 * What the machine builds: Python's objects as data. Primitives stand for themselves; bytes are views on the file
 * until they become values.
 */
export type Node =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyFar
  | PyList
  | PyTuple
  | PyDict
  | PySet
  | PyBytearray
  | PyGlobal
  | PyObject
  | PyReference;

/** What reads bytes that were left in the file. */
export interface FarBytes {
  readonly size: number;
  /** Charges and reads them. @throws FormatError `limit`, `io` */
  read(at: number, length: number): Uint8Array;
}

/** Bytes that were left in the file: read when their value is wanted. */
export class PyFar {
  readonly at: number;
  readonly length: number;
  readonly #file: FarBytes;

  constructor(file: FarBytes, at: number, length: number) {
    this.#file = file;
    this.at = at;
    this.length = length;
  }

  read(): Uint8Array {
    return this.#file.read(this.at, this.length);
  }

  /** Some of them. */
  part(start: number, end: number): PyFar {
    return new PyFar(this.#file, this.at + start, end - start);
  }
}

export class PyList {
  readonly items: Node[];

  constructor(items: Node[]) {
    this.items = items;
  }
}

export class PyTuple {
  readonly items: readonly Node[];

  constructor(items: readonly Node[]) {
    this.items = items;
  }
}

export class PyDict {
  /** Keys and values in turn. */
  readonly pairs: Node[];

  constructor(pairs: Node[]) {
    this.pairs = pairs;
  }
}

export class PySet {
  readonly items: Node[];
  readonly frozen: boolean;

  constructor(items: Node[], frozen: boolean) {
    this.items = items;
    this.frozen = frozen;
  }
}

export class PyBytearray {
  readonly content: Uint8Array | PyFar;

  constructor(content: Uint8Array | PyFar) {
    this.content = content;
  }

  get bytes(): Uint8Array {
    return this.content instanceof PyFar ? this.content.read() : this.content;
  }
}

/** A class or function by name: never looked up, never called. */
export class PyGlobal {
  readonly module: string;
  readonly name: string;
  readonly at: number;

  constructor(module: string, name: string, at: number) {
    this.module = module;
    this.name = name;
    this.at = at;
  }
}

/** How an object would be made: by calling a function, or by `cls.__new__(cls, …)`. */
export type Making = 'call' | 'new';

/** What a call would have given, and what would have been done to it. */
export class PyObject {
  readonly callee: PyGlobal | PyObject | PyReference;
  readonly making: Making;
  readonly args: readonly Node[];
  readonly kwargs: PyDict | undefined;
  readonly at: number;
  /** Argument of BUILD. */
  state: Node | undefined;
  /** Appended or added. */
  readonly items: Node[] = [];
  /** Set by key: keys and values in turn. */
  readonly entries: Node[] = [];

  constructor(
    callee: PyGlobal | PyObject | PyReference,
    making: Making,
    args: readonly Node[],
    at: number,
    kwargs?: PyDict,
  ) {
    this.callee = callee;
    this.making = making;
    this.args = args;
    this.at = at;
    this.kwargs = kwargs;
  }
}

/** What stands outside of the file: a persistent id, or a code of the extension registry. */
export class PyReference {
  readonly kind: 'persistent' | 'extension';
  readonly id: Node;

  constructor(kind: 'persistent' | 'extension', id: Node) {
    this.kind = kind;
    this.id = id;
  }
}
