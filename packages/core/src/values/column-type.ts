import { isDType } from './dtype.js';
import type { ColumnType } from './table.js';
import { isRecord, type Value } from './value.js';

/** Whether a record from a file describes a column type. */
export function isColumnType(value: Value | undefined): value is Value & ColumnType {
  if (!isRecord(value) || typeof value.nullable !== 'boolean') return false;
  switch (value.kind) {
    case 'scalar':
      return (
        isDType(value.dtype) &&
        isAbsentOr(value.unit, 'string') &&
        isAbsentOr(value.zone, 'string') &&
        isAbsentOr(value.dictionary, 'boolean') &&
        isDecimal(value.decimal)
      );
    case 'list':
      return isColumnType(value.item);
    case 'struct':
      return (
        Array.isArray(value.fields) &&
        value.fields.every(
          (field: Value) => isRecord(field) && typeof field.name === 'string' && isColumnType(field.type),
        )
      );
    case 'map':
      return isColumnType(value.key) && isColumnType(value.value);
    default:
      return false;
  }
}

function isAbsentOr(value: Value | undefined, type: 'string' | 'boolean'): boolean {
  return value === undefined || typeof value === type;
}

function isDecimal(value: Value | undefined): boolean {
  return (
    value === undefined ||
    (isRecord(value) && typeof value.precision === 'number' && typeof value.scale === 'number')
  );
}
