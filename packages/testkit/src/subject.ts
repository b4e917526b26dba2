import {
  type CallOptions,
  type Capabilities,
  createLab,
  type DType,
  type FileNeeds,
  type Format,
  type Lab,
  type Value,
} from '@formatlab/core';
import { smallValue } from './samples/small.js';

/** A module that a child process imports to get at the format. */
export interface ChildModule {
  readonly url: string | URL;
  /** Default: the format's id. */
  readonly exportName?: string;
}

export interface SubjectOptions {
  /** One engine of the format, measured against its own capabilities. Default: the default engine. */
  readonly engine?: string;
  /** Options of the format for every call. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Other formats that this one may need, such as a format inside it. */
  readonly formats?: readonly Format[];
  /** Further values that must come back the same, or with the losses that are reported. */
  readonly samples?: Readonly<Record<string, Value>>;
  /** The value whose file is cut and flipped. Default: one of few values, of a root that is claimed. */
  readonly small?: Value;
  /** Options under which a file is several values one behind the other, as a list: `{ stream: true }`. */
  readonly sequence?: Readonly<Record<string, unknown>>;
  /**
   * JavaScript module that exports the format: bad input is then tried in a process which can be killed when
   * it hangs, and which is allowed to crash.
   */
  readonly child?: string | URL | ChildModule;
  /** The longest time that reading one damaged file may take, in milliseconds. Default 5000. */
  readonly deadlineMs?: number;
}

/** The format under test, bound to one engine and one set of options. */
export interface Subject {
  readonly format: Format;
  readonly id: string;
  readonly can: Capabilities;
  readonly io: FileNeeds;
  readonly lab: Lab;
  readonly options: Readonly<Record<string, unknown>>;
  readonly given: SubjectOptions;
  readonly small: () => Value;
  /** Dtypes that survive both ways. */
  readonly dtypes: readonly DType[];
  encode(value: Value, call?: CallOptions): Promise<Uint8Array>;
  decode(bytes: Uint8Array, call?: CallOptions): Promise<Value>;
}

/** @throws Error when the engine is not one of the format's */
export function createSubject(format: Format, given: SubjectOptions): Subject {
  const { engine } = given;
  const own = engine === undefined || engine === format.defaultEngine;
  const other = own ? undefined : format.engines?.[engine];
  if (!own && other === undefined) {
    throw new Error(
      `test engine '${engine}' of ${format.id}: it has ${Object.keys(format.engines ?? {}).join(', ') || 'none'}`,
    );
  }
  const can = other?.can ?? format.can;
  const options =
    engine === undefined || format.engines === undefined
      ? (given.options ?? {})
      : { ...given.options, engine };
  const lab = createLab([format, ...(given.formats ?? [])]);
  const call = (more: CallOptions | undefined): CallOptions => ({
    ...more,
    format: format.id,
    options: { ...options, ...more?.options },
  });
  return {
    format,
    id: format.id,
    can,
    io: (other === undefined ? format.io : other.io) ?? 'async',
    lab,
    options,
    given,
    small: () => given.small ?? smallValue(can),
    dtypes: can.dtypes.write.filter((dtype) => can.dtypes.read.includes(dtype)),
    encode: (value, more) => lab.encode(value, format.id, call(more)),
    decode: (bytes, more) => lab.decode(bytes, call(more)),
  };
}
