/** Physical types by their number in parquet.thrift (`Type`). */
export const PHYSICAL = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type Physical = (typeof PHYSICAL)[number];

export const REPETITION = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const;
export type Repetition = (typeof REPETITION)[number];

/** The older annotations (`ConvertedType`). */
export const CONVERTED = [
  'UTF8',
  'MAP',
  'MAP_KEY_VALUE',
  'LIST',
  'ENUM',
  'DECIMAL',
  'DATE',
  'TIME_MILLIS',
  'TIME_MICROS',
  'TIMESTAMP_MILLIS',
  'TIMESTAMP_MICROS',
  'UINT_8',
  'UINT_16',
  'UINT_32',
  'UINT_64',
  'INT_8',
  'INT_16',
  'INT_32',
  'INT_64',
  'JSON',
  'BSON',
  'INTERVAL',
] as const;
export type Converted = (typeof CONVERTED)[number];

/** Units of TIME and TIMESTAMP by field id in the union `TimeUnit`, in NumPy's spelling. */
export const TIME_UNITS = [undefined, 'ms', 'us', 'ns'] as const;
export type TimeUnit = 'ms' | 'us' | 'ns';

/** The annotations of today (`LogicalType`), as far as they change how a value is read. */
export type Logical =
  | {
      readonly kind:
        | 'string'
        | 'map'
        | 'list'
        | 'enum'
        | 'date'
        | 'null'
        | 'json'
        | 'bson'
        | 'uuid'
        | 'float16'
        | 'other';
    }
  | { readonly kind: 'decimal'; readonly scale: number; readonly precision: number }
  | { readonly kind: 'time' | 'timestamp'; readonly utc: boolean; readonly unit: TimeUnit }
  | { readonly kind: 'integer'; readonly bits: number; readonly signed: boolean };

/** Field ids of the union `LogicalType` that carry nothing. */
export const PLAIN_LOGICAL: Readonly<
  Record<number, Exclude<Logical['kind'], 'decimal' | 'time' | 'timestamp' | 'integer' | 'other'>>
> = {
  1: 'string',
  2: 'map',
  3: 'list',
  4: 'enum',
  6: 'date',
  11: 'null',
  12: 'json',
  13: 'bson',
  14: 'uuid',
  15: 'float16',
};
export const LOGICAL_ID = { decimal: 5, time: 7, timestamp: 8, integer: 10 } as const;

/** One node of the flattened schema (`SchemaElement`). */
export interface SchemaElement {
  readonly name: string;
  /** Absent: a group. */
  readonly physical?: Physical | undefined;
  readonly typeLength?: number | undefined;
  /** Absent at the root. */
  readonly repetition?: Repetition | undefined;
  readonly children?: number | undefined;
  readonly converted?: Converted | undefined;
  readonly scale?: number | undefined;
  readonly precision?: number | undefined;
  readonly logical?: Logical | undefined;
}
