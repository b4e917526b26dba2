import type { Sink, Source } from '../io/source.js';
import type { Value } from '../values/value.js';
import type { Capabilities } from './capabilities.js';
import type { Context } from './context.js';
import type { OptionSpecs } from './options.js';
import type { Editor, Reader } from './reader.js';

/** Encoded output. Several pieces are written with one writev: no copy of a large array. */
export type Bytes = Uint8Array | readonly Uint8Array[];

/** What a probe sees: up to 4096 bytes of either end, after compression is peeled. */
export interface ProbeInput {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  /** File size where known; after peeling it is not. */
  readonly size: number | undefined;
  /** File name without folders and compression suffix; absent for bytes without a name. */
  readonly name: string | undefined;
}

/**
 * Scores: 1 a magic number that no other format has; 0.8 a structure that is hard to meet by chance;
 * 0.5 looks like it; 0.1 nothing speaks against it. Core adds up to 0.05 for a matching extension.
 */
export interface ProbeResult {
  readonly score: number;
  /** For messages: `starts with \x93NUMPY`. */
  readonly why: string;
}

/** The functions that do the work: a format's own, or those of one of its engines. */
export interface Implementation<Options> {
  /** @throws FormatError `unsupported` for a value it can't hold, `lossy` through `context.loss` under strict */
  encode(value: Value, context: Context<Options>): Bytes | Promise<Bytes>;
  /** The result may be a view on `bytes`. @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit` */
  decode(bytes: Uint8Array, context: Context<Options>): Value | Promise<Value>;
  /** Absent: core answers by decoding the whole. The reader owns the source and closes it. */
  open?(source: Source, context: Context<Options>): Reader | Promise<Reader>;
  /**
   * Notes where rows or entries lie, one place about every `every` bytes, in one pass of bounded memory: bytes of the format's
   * own, which `open` finds in `context.index` the next time, and must not trust. Where `context.index` is set here, the file
   * has only grown at its end since that was made, so that the pass may begin where it ended.
   */
  index?(source: Source, context: Context<Options>, every: number): Uint8Array | Promise<Uint8Array>;
  /** Absent: core answers by rewriting the file. An empty sink is a new file. The editor does not close the sink. */
  edit?(sink: Sink, context: Context<Options>): Editor | Promise<Editor>;
}

/**
 * What `open` and `edit` need of their file: `async` reads through `read`; `sync` calls `readSync` and `writeSync`;
 * `path` wants a path on the local file system. Core adapts what the caller has. `restartable` is `sync` where the reader
 * can be ended at any read and its call begun again: over a network core fetches what was missing in between.
 */
export type FileNeeds = 'async' | 'sync' | 'restartable' | 'path';

/** Another library doing the same work, chosen by the option `engine`. */
export interface Engine<Options> {
  readonly title: string;
  /** npm package it needs, when the user must add it. */
  readonly needs?: string;
  readonly can: Capabilities;
  readonly io?: FileNeeds;
  /** Loads the library on first use. @throws FormatError `unsupported` that says what to install */
  load(): Promise<Implementation<Options>>;
}

/** A serialization format: one object of data and functions, stateless, without I/O of its own. */
// biome-ignore lint/suspicious/noExplicitAny: Options is contravariant; a list of formats has to hold any of them
export interface Format<Options extends object = any> extends Implementation<Options> {
  /** Lower-case name of the package: `hdf5`. */
  readonly id: string;
  readonly title: string;
  /** With the dot, the preferred one first. */
  readonly extensions: readonly string[];
  readonly mediaTypes: readonly string[];
  /** Of the default engine. */
  readonly can: Capabilities;
  readonly options: OptionSpecs<Options>;
  /** Default `async`. */
  readonly io?: FileNeeds;
  /**
   * `own`: on a local file the editor's library keeps a journal of its own, which its other programs know too. Without
   * it core keeps one for all editors.
   */
  readonly journal?: 'own';
  /** Pure and quick. Undefined: surely not. */
  probe(input: ProbeInput): ProbeResult | undefined;
  /** Other engines by id. The format's own functions are those of `defaultEngine`. */
  readonly engines?: Readonly<Record<string, Engine<Options>>>;
  readonly defaultEngine?: string;
}
