import { BRAND, brandOf } from './brand.js';
import type { DType } from './dtype.js';
import type { NDArray } from './nd-array.js';
import type { Value } from './value.js';

export interface ScalarType {
  readonly kind: 'scalar';
  readonly dtype: DType;
  readonly nullable: boolean;
  /** Unit of datetime64 and timedelta64. */
  readonly unit?: string;
  /** Time zone of datetime64 whose ticks are UTC: `UTC`, `Europe/Berlin`. Absent: local, zone unknown. */
  readonly zone?: string;
  /** A fixed-point number whose unscaled integer is held as int64, or as text where it has no room. */
  readonly decimal?: { readonly precision: number; readonly scale: number };
  /** True where the file keeps distinct values once (a category). */
  readonly dictionary?: boolean;
}

export interface ListType {
  readonly kind: 'list';
  readonly item: ColumnType;
  readonly nullable: boolean;
}

export interface StructType {
  readonly kind: 'struct';
  readonly fields: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly nullable: boolean;
}

export interface MapType {
  readonly kind: 'map';
  readonly key: ColumnType;
  readonly value: ColumnType;
  readonly nullable: boolean;
}

/** The type of a column: kept also when the column is empty. */
export type ColumnType = ScalarType | ListType | StructType | MapType;

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** Scalars: an array whose first dimension is the rows. Lists, structs and maps: one value a row. */
  readonly values: NDArray | readonly Value[];
  /** One byte a row, 1 where there is a value. Absent: every row has one. A null's slot in `values` is filler. */
  readonly valid?: Uint8Array | undefined;
}

/** Named columns of equal length. */
export class Table {
  readonly rows: number;
  readonly columns: readonly Column[];

  /** @throws RangeError when a column's length is not `rows`, or two columns share a name. */
  constructor(rows: number, columns: readonly Column[]) {
    const names = new Set<string>();
    for (const column of columns) {
      const length = Array.isArray(column.values)
        ? column.values.length
        : (column.values as NDArray).shape[0];
      if (length !== rows)
        throw new RangeError(`make table of ${rows} rows: column '${column.name}' has ${length}`);
      if (column.valid !== undefined && column.valid.length !== rows) {
        throw new RangeError(
          `make table of ${rows} rows: validity of column '${column.name}' has ${column.valid.length}`,
        );
      }
      if (names.has(column.name)) throw new RangeError(`make table: column '${column.name}' stands twice`);
      names.add(column.name);
    }
    this.rows = rows;
    this.columns = columns;
  }

  get [BRAND](): 'table' {
    return 'table';
  }
}

export function isTable(value: unknown): value is Table {
  return brandOf(value) === 'table';
}

/** A scalar column type. */
export function scalarType(dtype: DType, rest: Partial<Omit<ScalarType, 'kind' | 'dtype'>> = {}): ScalarType {
  return { kind: 'scalar', dtype, nullable: false, ...rest };
}
