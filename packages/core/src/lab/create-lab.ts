import type { FormatSet } from '../contract/context.js';
import type { Format } from '../contract/format.js';
import { joinBytes } from '../io/ranges.js';
import type { Table } from '../values/table.js';
import type { Value } from '../values/value.js';
import { type BatchesOptions, batches } from './batches.js';
import type { CallOptions } from './call.js';
import { type ConvertOptions, convert } from './convert.js';
import { type Detection, detect } from './detect.js';
import { type EditFile, edit } from './edit.js';
import { type ExplainOptions, type Explanation, explain } from './explain.js';
import { formatSet } from './format-set.js';
import type { Input } from './input.js';
import { load } from './load.js';
import { type IndexOptions, type IndexReport, makeIndex } from './make-index.js';
import { type OpenFile, open } from './open.js';
import { type Plan, plan } from './plan.js';
import { encode, type Savable, type SaveOptions, type SaveReport, save, type Target } from './save.js';

/** The verbs, over one list of formats. */
export interface Lab {
  readonly formats: FormatSet;
  /** The value in a file, or what the selector behind `#` names. */
  load(input: Input, options?: CallOptions): Promise<Value>;
  /** A table in pieces of so many rows: where the format has them, without the whole in memory. */
  batches(input: Input, options?: BatchesOptions): AsyncIterable<Table>;
  /** Writes a value to a file, or a table in batches; the name's extension or `format` says how. */
  save(target: Target, value: Savable, options?: SaveOptions): Promise<SaveReport>;
  /** Opens a file to read entries, slices and columns one at a time. */
  open(input: Input, options?: CallOptions): Promise<OpenFile>;
  /** Opens a file to add, replace, extend or remove entries. */
  edit(target: Target, options?: SaveOptions): Promise<EditFile>;
  detect(input: Input, options?: { readonly signal?: AbortSignal }): Promise<Detection>;
  /** `load` and `save`; a table passes in batches where both formats have them. */
  convert(input: Input, target: Target, options?: ConvertOptions): Promise<SaveReport>;
  /** What would be lost or refused, before writing. */
  plan(value: Value, format: string, options?: SaveOptions): Promise<Plan>;
  /** Notes where rows and entries lie in a file beside it, which `open` and `load` then use. */
  index(input: Input, options?: IndexOptions): Promise<IndexReport>;
  /** What opening a file and reading an entry of it will cost, before paying for it. */
  explain(input: Input, options?: ExplainOptions): Promise<Explanation>;
  /** The bytes that `save` would write. */
  encode(value: Value, format: string, options?: SaveOptions): Promise<Uint8Array>;
  /** The value in bytes: `load` of them. */
  decode(bytes: Uint8Array, options?: CallOptions): Promise<Value>;
}

/**
 * Binds the verbs to the formats you brought.
 *
 * @example
 * const lab = createLab([json, hdf5]);
 * const value = await lab.load('run.h5#/temps[0:10]');
 * await lab.save('temps.json', value);
 * @throws FormatError `options` when two formats share an id
 */
export function createLab(formats: readonly Format[]): Lab {
  const set = formatSet(formats);
  return {
    formats: set,
    load: (input, options) => load(set, input, options),
    batches: (input, options) => batches(set, input, options),
    save: (target, value, options) => save(set, target, value, options),
    open: (input, options) => open(set, input, options),
    edit: (target, options) => edit(set, target, options),
    detect: (input, options) => detect(set, input, options),
    convert: (input, target, options) => convert(set, input, target, options),
    plan: (value, format, options) => plan(set, value, format, options),
    index: (input, options) => makeIndex(set, input, options),
    explain: (input, options) => explain(set, input, options),
    encode: async (value, format, options) =>
      joinBytes((await encode(set, value, { ...options, format }, format)).pieces),
    decode: (bytes, options) => load(set, bytes, options),
  };
}
