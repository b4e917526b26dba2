import { type ColumnType, childPath, type ScalarType } from '@formatlab/core';
import { unsupported } from '../corrupt.js';
import { type ColumnNote, MS_PER_UNIT } from '../notes.js';
import type { Repetition, SchemaElement, TimeUnit } from './element.js';
import { INT64_DIGITS } from './leaf-kind.js';

/** How the ticks of a column's times are kept. */
export interface Ticks {
  /** As plain INT64 with a note, because some have no room in the type that other programs know. */
  readonly raw: boolean;
  /** There are NaTs: nulls in the file. */
  readonly nat: boolean;
}

/** Digits that fit INT32. */
const INT32_DIGITS = 9;
const UNITS: ReadonlySet<string> = new Set(['ms', 'us', 'ns']);

/** Schema elements of one column in the order of the file, and the notes by path. */
export interface PlannedElements {
  readonly elements: SchemaElement[];
  readonly notes: Map<string, ColumnNote>;
}

/**
 * Appends the elements of a column type. Lists and maps have the three levels of the specification.
 *
 * @throws FormatError `unsupported`
 */
export function planElements(
  plan: PlannedElements,
  name: string,
  type: ColumnType,
  parent: string,
  ticks: Ticks,
  repetition: Repetition = type.nullable ? 'OPTIONAL' : 'REQUIRED',
): void {
  const path = childPath(parent, name);
  const { elements } = plan;
  switch (type.kind) {
    case 'scalar': {
      const { element, note } = scalarElement(name, type, path, ticks);
      elements.push({ ...element, repetition: ticks.nat ? 'OPTIONAL' : repetition });
      if (note !== undefined) plan.notes.set(path, note);
      return;
    }
    case 'list':
      elements.push({ name, repetition, children: 1, converted: 'LIST', logical: { kind: 'list' } });
      elements.push({ name: 'list', repetition: 'REPEATED', children: 1 });
      planElements(plan, 'element', type.item, childPath(path, 'list'), ticks);
      return;
    case 'map':
      elements.push({ name, repetition, children: 1, converted: 'MAP', logical: { kind: 'map' } });
      elements.push({ name: 'key_value', repetition: 'REPEATED', children: 2 });
      planElements(plan, 'key', type.key, childPath(path, 'key_value'), ticks);
      planElements(plan, 'value', type.value, childPath(path, 'key_value'), ticks);
      return;
    case 'struct':
      if (type.fields.length === 0)
        throw unsupported(`write '${path}' as parquet: a struct without fields`, 'empty structs', { path });
      elements.push({ name, repetition, children: type.fields.length });
      for (const field of type.fields) planElements(plan, field.name, field.type, path, ticks);
  }
}

interface PlannedScalar {
  readonly element: SchemaElement;
  readonly note?: ColumnNote | undefined;
}

function scalarElement(name: string, type: ScalarType, path: string, ticks: Ticks): PlannedScalar {
  const planned =
    type.decimal === undefined
      ? plainElement(name, type, path, ticks)
      : { element: decimalElement(name, type, path) };
  if (type.dictionary !== true) return planned;
  return { ...planned, note: { ...planned.note, dictionary: true } };
}

function plainElement(name: string, type: ScalarType, path: string, ticks: Ticks): PlannedScalar {
  switch (type.dtype) {
    case 'bool':
      return { element: { name, physical: 'BOOLEAN' } };
    case 'int8':
    case 'int16':
    case 'uint8':
    case 'uint16':
    case 'uint32': {
      const signed = type.dtype.startsWith('int');
      const bits = Number(type.dtype.replace(/\D+/, ''));
      const converted = `${signed ? 'INT' : 'UINT'}_${bits}` as SchemaElement['converted'];
      return { element: { name, physical: 'INT32', converted, logical: { kind: 'integer', bits, signed } } };
    }
    case 'int32':
      return { element: { name, physical: 'INT32' } };
    case 'int64':
      return { element: { name, physical: 'INT64' } };
    case 'uint64':
      return {
        element: {
          name,
          physical: 'INT64',
          converted: 'UINT_64',
          logical: { kind: 'integer', bits: 64, signed: false },
        },
      };
    case 'float16':
      return {
        element: { name, physical: 'FIXED_LEN_BYTE_ARRAY', typeLength: 2, logical: { kind: 'float16' } },
      };
    case 'float32':
      return { element: { name, physical: 'FLOAT' } };
    case 'float64':
      return { element: { name, physical: 'DOUBLE' } };
    case 'string':
      return { element: { name, physical: 'BYTE_ARRAY', converted: 'UTF8', logical: { kind: 'string' } } };
    case 'bytes':
      return { element: { name, physical: 'BYTE_ARRAY' } };
    case 'datetime64':
      return datetimeElement(name, type, ticks);
    case 'timedelta64':
      return { element: { name, physical: 'INT64' }, note: timedNote(type, ticks, type.dtype) };
    default:
      throw unsupported(
        `write '${path}' as parquet: columns of ${type.dtype} have no place in a file`,
        `dtype ${type.dtype}`,
        { path },
      );
  }
}

function datetimeElement(name: string, type: ScalarType, ticks: Ticks): PlannedScalar {
  const { unit, zone } = type;
  if (ticks.raw) return { element: { name, physical: 'INT64' }, note: timedNote(type, ticks, 'datetime64') };
  if (unit === 'D')
    return {
      element: { name, physical: 'INT32', converted: 'DATE', logical: { kind: 'date' } },
      note: timedNote({ ...type, unit: undefined }, ticks),
    };
  if (unit !== undefined && (UNITS.has(unit) || unit in MS_PER_UNIT)) {
    const kept = UNITS.has(unit) ? (unit as TimeUnit) : 'ms';
    const utc = zone !== undefined;
    // The older annotation means UTC, and knows no nanoseconds.
    const converted =
      utc && kept !== 'ns' ? (kept === 'ms' ? 'TIMESTAMP_MILLIS' : 'TIMESTAMP_MICROS') : undefined;
    const element: SchemaElement = {
      name,
      physical: 'INT64',
      converted,
      logical: { kind: 'timestamp', utc, unit: kept },
    };
    return {
      element,
      note: timedNote(
        { unit: kept === unit ? undefined : unit, zone: zone === 'UTC' ? undefined : zone },
        ticks,
      ),
    };
  }
  return { element: { name, physical: 'INT64' }, note: timedNote(type, ticks, 'datetime64') };
}

function timedNote(
  type: { readonly unit?: string | undefined; readonly zone?: string | undefined },
  ticks: Ticks,
  dtype?: 'datetime64' | 'timedelta64',
): ColumnNote | undefined {
  const note = {
    ...(dtype === undefined ? {} : { dtype }),
    ...(type.unit === undefined ? {} : { unit: type.unit }),
    ...(type.zone === undefined ? {} : { zone: type.zone }),
    ...(ticks.nat ? { nat: true } : {}),
  };
  return Object.keys(note).length === 0 ? undefined : note;
}

function decimalElement(name: string, type: ScalarType, path: string): SchemaElement {
  const { precision, scale } = type.decimal!;
  if (
    !(
      Number.isInteger(precision) &&
      Number.isInteger(scale) &&
      precision >= 1 &&
      scale >= 0 &&
      scale <= precision
    )
  ) {
    throw unsupported(
      `write '${path}' as parquet: a decimal of precision ${precision} and scale ${scale}`,
      'decimals',
      { path, supported: ['precision from 1 on', 'scale from 0 to the precision'] },
    );
  }
  const annotated = {
    name,
    converted: 'DECIMAL',
    precision,
    scale,
    logical: { kind: 'decimal', precision, scale },
  } as const;
  if (precision <= INT32_DIGITS) return { ...annotated, physical: 'INT32' };
  if (precision <= INT64_DIGITS) return { ...annotated, physical: 'INT64' };
  return { ...annotated, physical: 'FIXED_LEN_BYTE_ARRAY', typeLength: bytesForDigits(precision) };
}

/** Bytes in which two's complement holds every number of so many digits. */
function bytesForDigits(digits: number): number {
  const bits = (10n ** BigInt(digits) - 1n).toString(2).length + 1;
  return Math.ceil(bits / 8);
}
