import {
  type ColumnType,
  isDType,
  isRecord,
  type ListType,
  type MapType,
  type ScalarType,
  type StructType,
  type Value,
  type ValueRecord,
} from '@formatlab/core';

/** The column type that a record from a file describes, or undefined where it is none. */
export function parseColumnType(value: Value | undefined): ColumnType | undefined {
  if (!isRecord(value) || typeof value['nullable'] !== 'boolean') return undefined;
  const nullable = value['nullable'];
  switch (value['kind']) {
    case 'scalar':
      return parseScalar(value, nullable);
    case 'list': {
      const item = parseColumnType(value['item']);
      return item === undefined ? undefined : ({ kind: 'list', item, nullable } satisfies ListType);
    }
    case 'struct': {
      const fields = parseFields(value['fields']);
      return fields === undefined ? undefined : ({ kind: 'struct', fields, nullable } satisfies StructType);
    }
    case 'map': {
      const key = parseColumnType(value['key']);
      const item = parseColumnType(value['value']);
      return key === undefined || item === undefined
        ? undefined
        : ({ kind: 'map', key, value: item, nullable } satisfies MapType);
    }
    default:
      return undefined;
  }
}

function parseScalar(value: ValueRecord, nullable: boolean): ScalarType | undefined {
  const { dtype, unit, zone, decimal, dictionary } = value;
  if (!isDType(dtype)) return undefined;
  const wrong = (member: Value | undefined, type: string): boolean =>
    member !== undefined && typeof member !== type;
  if (wrong(unit, 'string') || wrong(zone, 'string') || wrong(dictionary, 'boolean')) return undefined;
  const fixedPoint = parseDecimal(decimal);
  if (decimal !== undefined && fixedPoint === undefined) return undefined;
  return {
    kind: 'scalar',
    dtype,
    nullable,
    ...(unit === undefined ? {} : { unit: unit as string }),
    ...(zone === undefined ? {} : { zone: zone as string }),
    ...(fixedPoint === undefined ? {} : { decimal: fixedPoint }),
    ...(dictionary === undefined ? {} : { dictionary: dictionary as boolean }),
  };
}

function parseDecimal(value: Value | undefined): { precision: number; scale: number } | undefined {
  if (!isRecord(value)) return undefined;
  const { precision, scale } = value;
  return typeof precision === 'number' && typeof scale === 'number' ? { precision, scale } : undefined;
}

function parseFields(value: Value | undefined): StructType['fields'] | undefined {
  if (!Array.isArray(value)) return undefined;
  const fields: { name: string; type: ColumnType }[] = [];
  for (const item of value as readonly Value[]) {
    const type = isRecord(item) ? parseColumnType(item['type']) : undefined;
    if (!isRecord(item) || typeof item['name'] !== 'string' || type === undefined) return undefined;
    fields.push({ name: item['name'], type });
  }
  return fields;
}
