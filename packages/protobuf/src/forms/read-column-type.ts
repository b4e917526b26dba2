import {
  type Budget,
  type ColumnType,
  type DType,
  isDType,
  type ScalarType,
  type StructType,
} from '@formatlab/core';
import type { WireReader } from '../wire/reader.js';
import { LEN, VARINT } from '../wire/spec.js';
import { eachField, type ValueReader } from './read-value.js';

/** Parts of a ColumnType that is under way; `kind` says which of them count. */
interface Parts {
  kind: string;
  nullable: boolean;
  dtype: DType | undefined;
  scalar: Partial<{ -readonly [Name in keyof ScalarType]: ScalarType[Name] }>;
  item: ColumnType | undefined;
  fields: StructType['fields'][number][];
  key: ColumnType | undefined;
  value: ColumnType | undefined;
}

/** @throws FormatError `corrupt` for a kind or dtype that is none */
export function readColumnType(
  r: WireReader,
  reader: ValueReader,
  budget: Budget,
  depth: number,
): ColumnType {
  budget.checkDepth(depth, 'a column type');
  const at = r.pos;
  const parts: Parts = {
    kind: '',
    nullable: false,
    dtype: undefined,
    scalar: {},
    item: undefined,
    fields: [],
    key: undefined,
    value: undefined,
  };
  eachField(r, 'ColumnType', (tag) => readPart(parts, tag, r, reader, budget, depth));
  const type = typeOf(parts);
  if (type === undefined)
    throw r.corrupt(`read column type of kind '${parts.kind}': there is none with these parts`, at);
  return type;
}

function readPart(
  parts: Parts,
  tag: number,
  r: WireReader,
  reader: ValueReader,
  budget: Budget,
  depth: number,
): boolean {
  const inner = (): ColumnType => readColumnType(r, reader, budget, depth + 1);
  switch (tag) {
    case (1 << 3) | LEN:
      parts.kind = reader.string();
      return true;
    case (2 << 3) | VARINT:
      parts.nullable = reader.boolean();
      return true;
    case (3 << 3) | LEN: {
      const at = r.pos;
      const dtype = reader.string();
      if (!isDType(dtype)) throw r.corrupt(`read column type: '${dtype.slice(0, 40)}' is no dtype`, at);
      parts.dtype = dtype;
      return true;
    }
    case (4 << 3) | LEN:
      parts.scalar.unit = reader.string();
      return true;
    case (5 << 3) | LEN:
      parts.scalar.zone = reader.string();
      return true;
    case (6 << 3) | LEN:
      parts.scalar.decimal = readDecimal(r);
      return true;
    case (7 << 3) | VARINT:
      parts.scalar.dictionary = reader.boolean();
      return true;
    case (8 << 3) | LEN:
      parts.item = inner();
      return true;
    case (9 << 3) | LEN:
      parts.fields.push(readField(r, reader, budget, depth + 1));
      return true;
    case (10 << 3) | LEN:
      parts.key = inner();
      return true;
    case (11 << 3) | LEN:
      parts.value = inner();
      return true;
    default:
      return false;
  }
}

function typeOf({ kind, nullable, dtype, scalar, item, fields, key, value }: Parts): ColumnType | undefined {
  if (kind === 'scalar' && dtype !== undefined) return { kind, dtype, nullable, ...scalar };
  if (kind === 'list' && item !== undefined) return { kind, item, nullable };
  if (kind === 'struct') return { kind, fields, nullable };
  return kind === 'map' && key !== undefined && value !== undefined
    ? { kind, key, value, nullable }
    : undefined;
}

function readDecimal(r: WireReader): { precision: number; scale: number } {
  let precision = 0;
  let scale = 0;
  eachField(r, 'Decimal', (tag) => {
    if (tag === ((1 << 3) | VARINT)) precision = r.uint32() | 0;
    else if (tag === ((2 << 3) | VARINT)) scale = r.uint32() | 0;
    else return false;
    return true;
  });
  return { precision, scale };
}

function readField(
  r: WireReader,
  reader: ValueReader,
  budget: Budget,
  depth: number,
): { readonly name: string; readonly type: ColumnType } {
  const at = r.pos;
  let name = '';
  let type: ColumnType | undefined;
  eachField(r, 'StructField', (tag) => {
    if (tag === ((1 << 3) | LEN)) name = reader.string();
    else if (tag === ((2 << 3) | LEN)) type = readColumnType(r, reader, budget, depth);
    else return false;
    return true;
  });
  if (type === undefined) throw r.corrupt(`read struct field '${name}': its type is missing`, at);
  return { name, type };
}
