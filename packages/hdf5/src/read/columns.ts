import {
  type Column,
  type ColumnType,
  FormatError,
  isNDArray,
  isRecord,
  NDArray,
  newRecord,
  Pairs,
  Table,
  type Value,
} from '@formatlab/core';

/** How a column of a table lies in a compound: what the attribute `formatlab_columns` says, as JSON. */
export interface ColumnForm {
  readonly name: string;
  readonly type: ColumnType;
  /** Name of the member that holds the values. */
  readonly member: string;
  /** Name of the boolean member that is false where the value is null. */
  readonly valid?: string;
  /** `text`: strings as sequences of bytes, because one holds a NUL. `pairs`: maps that are Pairs. */
  readonly form?: 'text' | 'pairs';
}

/** The forms that the attribute holds; undefined where it is not one of ours. */
export function parseForms(text: Value | undefined): readonly ColumnForm[] | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const forms: unknown = JSON.parse(text);
    return Array.isArray(forms) && forms.every(isForm) ? forms : undefined;
  } catch {
    return undefined;
  }
}

function isForm(form: unknown): form is ColumnForm {
  if (!isRecord(form)) return false;
  const { name, member, type } = form as {
    name?: unknown;
    member?: unknown;
    type?: { kind?: unknown } | null;
  };
  return (
    typeof name === 'string' &&
    typeof member === 'string' &&
    typeof type === 'object' &&
    type !== null &&
    KINDS.has(type.kind)
  );
}

const KINDS: ReadonlySet<unknown> = new Set(['scalar', 'list', 'struct', 'map']);

/** Members to read for some columns: those of their values and of their validity. */
export function membersOf(forms: readonly ColumnForm[]): string[] {
  return forms.flatMap((form) => (form.valid === undefined ? [form.member] : [form.member, form.valid]));
}

/** The table as it was written: names, types and nulls restored. @throws FormatError `corrupt` */
export function restoreColumns(table: Table, forms: readonly ColumnForm[], path: string): Table {
  const find = (name: string): Column => {
    const column = table.columns.find((candidate) => candidate.name === name);
    if (column === undefined)
      throw new FormatError('corrupt', `read table '${path}': it has no member '${name}'`, { path });
    return column;
  };
  return new Table(
    table.rows,
    forms.map((form) =>
      restoreColumn(form, find(form.member), form.valid === undefined ? undefined : find(form.valid), path),
    ),
  );
}

function restoreColumn(form: ColumnForm, column: Column, validity: Column | undefined, path: string): Column {
  const { name, type } = form;
  const valid =
    validity !== undefined && isNDArray(validity.values) && validity.values.dtype === 'bool'
      ? (validity.values.data as Uint8Array)
      : undefined;
  const flags = valid === undefined ? {} : { valid };
  if (type.kind === 'scalar') {
    const values = form.form === 'text' && isNDArray(column.values) ? textOf(column.values) : column.values;
    if (!isNDArray(values) || values.dtype !== type.dtype)
      throw new FormatError('corrupt', `read column '${name}' of '${path}': not of type ${type.dtype}`, {
        path,
      });
    return { name, type, values, ...flags };
  }
  const rows = column.values as readonly Value[];
  return {
    name,
    type,
    values: rows.map((row, i) => (valid?.[i] === 0 ? null : restore(type, row, form.form === 'pairs'))),
    ...flags,
  };
}

/** Text that was stored as bytes, because a NUL stands in it. */
export function textOf(values: NDArray): NDArray {
  if (values.dtype !== 'bytes') return values;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const data = (values.data as readonly Uint8Array[]).map((bytes) => decoder.decode(bytes));
  return new NDArray({ dtype: 'string', shape: values.shape, data });
}

/** A nested value as its type wants it: maps were stored as lists of `key` and `value`. */
function restore(type: ColumnType, value: Value, asPairs: boolean): Value {
  switch (type.kind) {
    case 'scalar':
      return value;
    case 'list':
      return Array.isArray(value) ? value.map((item: Value) => restore(type.item, item, asPairs)) : value;
    case 'struct': {
      if (!isRecord(value)) return value;
      const record = newRecord();
      for (const field of type.fields)
        record[field.name] = restore(field.type, value[field.name] ?? null, asPairs);
      return record;
    }
    case 'map': {
      if (!Array.isArray(value)) return value;
      const entries = value.map((entry: { key: Value; value: Value }): [Value, Value] => [
        entry.key,
        restore(type.value, entry.value, asPairs),
      ]);
      if (asPairs) return new Pairs(entries);
      const record = newRecord();
      for (const [key, item] of entries) record[String(key)] = item;
      return record;
    }
  }
}
