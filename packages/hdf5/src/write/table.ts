import {
  type Column,
  type ColumnType,
  childPath,
  FormatError,
  isNDArray,
  type Table,
  toCOrder,
} from '@formatlab/core';
import type { ColumnForm } from '../read/columns.js';
import { arrayType, boolType, type CompoundMember, compoundType, type Datatype } from './datatype.js';
import { encodeElements, type TextStorage } from './elements.js';
import type { FileWriter } from './file-writer.js';

/** The rows of a table as elements of a compound type. */
export interface EncodedRows {
  readonly type: Datatype;
  readonly bytes: Uint8Array;
  /** For the attribute that restores the columns; undefined where the compound says it all. */
  readonly forms: readonly ColumnForm[] | undefined;
}

interface MemberData extends CompoundMember {
  readonly bytes: Uint8Array;
}

/** @throws FormatError `unsupported` for lists, structs, maps and objects */
export function encodeRows(
  table: Table,
  writer: FileWriter,
  path: string,
  storage: TextStorage,
): EncodedRows {
  const members: MemberData[] = [];
  const taken = new Set<string>();
  const forms = table.columns.map((column) => encodeColumn(column, members, taken, writer, path, storage));
  const type = compoundType(members);
  const bytes = new Uint8Array(type.size * table.rows);
  let offset = 0;
  for (const member of members) {
    interleave(member.bytes, member.type.size, bytes, offset, type.size);
    offset += member.type.size;
  }
  return { type, bytes, forms: forms.every(isPlain) ? undefined : forms };
}

function encodeColumn(
  column: Column,
  members: MemberData[],
  taken: Set<string>,
  writer: FileWriter,
  path: string,
  storage: TextStorage,
): ColumnForm {
  const place = childPath(path, column.name);
  const { name, type, values, valid } = column;
  if (type.kind !== 'scalar' || !isNDArray(values)) {
    throw new FormatError(
      'unsupported',
      `write ${type.kind} column '${place}' as hdf5: a table has scalar columns`,
      { format: 'hdf5', path: place, feature: `${type.kind} columns` },
    );
  }
  const encoded = encodeElements(toCOrder(values), writer, place, storage);
  const inner = values.shape.slice(1);
  const member = memberName(name, members.length, taken);
  members.push({
    name: member,
    type: inner.length === 0 ? encoded.type : arrayType(encoded.type, inner),
    bytes: encoded.bytes,
  });
  const form = { name, type, member, ...(encoded.form === undefined ? {} : { form: encoded.form }) };
  if (valid === undefined) return form;
  const flags = memberName(`${member}_valid`, members.length, taken);
  members.push({ name: flags, type: boolType(), bytes: valid.map((flag) => (flag === 0 ? 0 : 1)) });
  return { ...form, valid: flags };
}

/** A member has a name of its own, and no NUL in it. */
function memberName(name: string, index: number, taken: Set<string>): string {
  let free = name === '' || name.includes('\0') || /\p{Surrogate}/u.test(name) ? `column${index}` : name;
  while (taken.has(free)) free = `${free}_`;
  taken.add(free);
  return free;
}

/** Whether reading makes the same column of the compound's member alone. */
function isPlain({ name, type, member, valid, form }: ColumnForm): boolean {
  return name === member && valid === undefined && form === undefined && isPlainType(type);
}

function isPlainType(type: ColumnType): boolean {
  if (
    type.kind !== 'scalar' ||
    type.nullable ||
    type.zone !== undefined ||
    type.decimal !== undefined ||
    type.dictionary !== undefined
  )
    return false;
  const timed = type.dtype === 'datetime64' || type.dtype === 'timedelta64';
  return timed ? type.unit !== undefined : type.unit === undefined;
}

/** Copies elements of `size` bytes that stand side by side into rows of `stride` bytes. */
function interleave(from: Uint8Array, size: number, to: Uint8Array, offset: number, stride: number): void {
  const rows = size === 0 ? 0 : from.byteLength / size;
  for (let row = 0, source = 0, target = offset; row < rows; row++, target += stride) {
    for (let i = 0; i < size; i++) to[target + i] = from[source++]!;
  }
}
