import type { ThriftWriter } from '../thrift/encode.js';
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

/** Writes one `SchemaElement` as the item of a list. */
export function encodeElement(writer: ThriftWriter, element: SchemaElement): void {
  const { physical, typeLength, repetition, children, converted, scale, precision, logical } = element;
  writer.structItem(() => {
    if (physical !== undefined) writer.i32(1, PHYSICAL.indexOf(physical));
    if (typeLength !== undefined) writer.i32(2, typeLength);
    if (repetition !== undefined) writer.i32(3, REPETITION.indexOf(repetition));
    writer.text(4, element.name);
    if (children !== undefined) writer.i32(5, children);
    if (converted !== undefined) writer.i32(6, CONVERTED.indexOf(converted));
    if (scale !== undefined) writer.i32(7, scale);
    if (precision !== undefined) writer.i32(8, precision);
    if (logical !== undefined && logical.kind !== 'other')
      writer.struct(10, () => encodeLogical(writer, logical));
  });
}

function encodeLogical(writer: ThriftWriter, logical: Exclude<Logical, { kind: 'other' }>): void {
  switch (logical.kind) {
    case 'decimal':
      writer.struct(LOGICAL_ID.decimal, () => {
        writer.i32(1, logical.scale);
        writer.i32(2, logical.precision);
      });
      return;
    case 'time':
    case 'timestamp':
      writer.struct(LOGICAL_ID[logical.kind], () => {
        writer.bool(1, logical.utc);
        writer.struct(2, () => writer.struct(TIME_UNITS.indexOf(logical.unit), () => {}));
      });
      return;
    case 'integer':
      writer.struct(LOGICAL_ID.integer, () => {
        writer.i8(1, logical.bits);
        writer.bool(2, logical.signed);
      });
      return;
    default: {
      const id = Object.keys(PLAIN_LOGICAL).find((key) => PLAIN_LOGICAL[Number(key)] === logical.kind);
      writer.struct(Number(id), () => {});
    }
  }
}
