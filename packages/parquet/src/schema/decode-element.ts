import { corrupt } from '../corrupt.js';
import type { ThriftStruct } from '../thrift/decode.js';
import {
  CONVERTED,
  LOGICAL_ID,
  type Logical,
  PHYSICAL,
  PLAIN_LOGICAL,
  REPETITION,
  type SchemaElement,
  TIME_UNITS,
} from './element.js';

/** One `SchemaElement` of the footer. @throws FormatError `corrupt` */
export function decodeElement(struct: ThriftStruct): SchemaElement {
  const name = struct.text(4);
  if (name === undefined) throw corrupt('read schema: an element has no name');
  return {
    name,
    physical: named(PHYSICAL, struct.int(1), `physical type of '${name}'`),
    typeLength: struct.int(2),
    repetition: named(REPETITION, struct.int(3), `repetition of '${name}'`),
    children: struct.int(5),
    // An annotation from the future must not stop the reading of the physical values.
    converted: CONVERTED[struct.int(6) ?? -1],
    scale: struct.int(7),
    precision: struct.int(8),
    logical: decodeLogical(struct.struct(10)),
  };
}

function named<T>(names: readonly T[], index: number | undefined, what: string): T | undefined {
  if (index === undefined) return undefined;
  const name = names[index];
  if (name === undefined) throw corrupt(`read ${what}: '${index}' is unknown`);
  return name;
}

function decodeLogical(union: ThriftStruct | undefined): Logical | undefined {
  if (union === undefined) return undefined;
  const decimal = union.struct(LOGICAL_ID.decimal);
  if (decimal !== undefined)
    return { kind: 'decimal', scale: decimal.int(1) ?? 0, precision: decimal.int(2) ?? 0 };
  for (const kind of ['time', 'timestamp'] as const) {
    const timed = union.struct(LOGICAL_ID[kind]);
    if (timed === undefined) continue;
    const unit = TIME_UNITS[timed.struct(2)?.fields.findIndex((field) => field !== undefined) ?? 0];
    return unit === undefined ? { kind: 'other' } : { kind, utc: timed.bool(1) ?? false, unit };
  }
  const integer = union.struct(LOGICAL_ID.integer);
  if (integer !== undefined)
    return { kind: 'integer', bits: integer.int(1) ?? 0, signed: integer.bool(2) ?? true };
  const id = union.fields.findIndex((field) => field !== undefined);
  const kind = PLAIN_LOGICAL[id];
  return { kind: kind ?? 'other' };
}
