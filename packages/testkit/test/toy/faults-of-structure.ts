import {
  type Column,
  isNDArray,
  isRecord,
  isTable,
  NDArray,
  newRecord,
  Table,
  type Value,
} from '@formatlab/core';
import { mapArray, mapValue, reading, writing } from './altered.js';
import type { Fault } from './fault.js';
import { toy } from './format.js';

const RANKS = 'every rank 0 to 4';

/** Faults in what survives of shapes, names, columns and kinds. */
export const faultsOfStructure: readonly Fault[] = [
  {
    name: 'puts undefined into records',
    format: reading((value) =>
      mapValue(value, (part) =>
        isRecord(part) ? Object.assign(newRecord(), part, { more: undefined }) : part,
      ),
    ),
    caughtBy: ['tree: true'],
    says: /undefined is not a value of the model/,
  },
  {
    name: 'puts functions into records',
    format: reading((value) =>
      mapValue(value, (part) =>
        isRecord(part) ? Object.assign(newRecord(), part, { toJSON: () => part }) : part,
      ),
    ),
    caughtBy: ['tree: true'],
    says: /a function is not a value of the model/,
  },
  {
    name: 'gives maps for records',
    // The fault: not of the type Value.
    format: reading((value) =>
      isRecord(value) ? (new Map(Object.entries(value)) as unknown as Value) : value,
    ),
    caughtBy: ['tree: true'],
    says: /a Map is not a value of the model/,
  },
  {
    name: 'claims tables, and writes them as records',
    format: writing((value) =>
      mapValue(value, (part) =>
        isTable(part) ? Object.fromEntries(part.columns.map(({ name, values }) => [name, values])) : part,
      ),
    ),
    caughtBy: ['table float64: comes back to the bit', 'entries: tables', 'table: many rows'],
    says: /wrote table, got record/,
  },
  {
    name: 'claims more dimensions than it holds',
    format: writing((value) =>
      mapValue(value, (part) =>
        isNDArray(part) && part.shape.length > 2
          ? new NDArray({ ...part, shape: [part.shape[0]!, part.shape.slice(1).reduce((a, b) => a * b, 1)] })
          : part,
      ),
    ),
    caughtBy: [`array int32: comes back to the bit in ${RANKS}`],
    says: /of shape \[3,1,6\]/,
  },
  {
    name: 'takes column-major data for row-major',
    format: writing((value) =>
      mapValue(value, (part) =>
        isNDArray(part)
          ? new NDArray({ dtype: part.dtype, shape: part.shape, data: part.data, unit: part.unit })
          : part,
      ),
    ),
    caughtBy: ['array float64: column-major order is taken as input'],
    says: /column-major float64/,
  },
  {
    name: 'forgets units',
    format: reading((value) =>
      mapValue(value, (part) =>
        isNDArray(part) && part.unit !== undefined
          ? new NDArray({ dtype: part.dtype, shape: part.shape, data: part.data, unit: 'us' })
          : part,
      ),
    ),
    caughtBy: ['array datetime64: units'],
    says: /datetime64\[ns\]/,
  },
  {
    name: 'forgets nulls',
    format: mapColumns(({ name, type, values }) => ({ name, type, values })),
    caughtBy: ['table float64: nulls', 'table string: nulls'],
    says: /wrote null, got a value/,
  },
  {
    name: 'forgets the types of empty columns',
    format: mapColumns((column) =>
      isNDArray(column.values) && column.values.size === 0
        ? {
            name: column.name,
            type: { kind: 'scalar', dtype: 'string', nullable: false },
            values: new NDArray({ dtype: 'string', shape: [0], data: [] }),
          }
        : column,
    ),
    caughtBy: ["table int32: no rows keep the column's type"],
    says: /int32.*string/,
  },
  {
    name: 'cuts strings at NUL',
    format: writing((value) =>
      mapValue(value, (part) =>
        mapArray(part, 'string', (array) =>
          (array.data as readonly string[]).map((text) => text.split('\0')[0]!),
        ),
      ),
    ),
    caughtBy: ['array string: NUL and control characters'],
    says: /wrote 'a\0b', got 'a'/,
  },
  {
    name: 'trims strings',
    format: writing((value) => mapValue(value, (part) => (typeof part === 'string' ? part.trim() : part))),
    caughtBy: ['tree: strings without text or with blanks'],
    says: /wrote ' a ', got 'a'/,
  },
  {
    name: 'replaces lone surrogates',
    format: writing((value) =>
      mapValue(value, (part) =>
        typeof part === 'string' ? new TextDecoder().decode(new TextEncoder().encode(part)) : part,
      ),
    ),
    caughtBy: ['tree: lone surrogates are refused or kept'],
    says: /no loss was reported/,
  },
  {
    name: 'drops attributes that it claims',
    format: writing((value) =>
      mapValue(value, (part) => (isNDArray(part) ? new NDArray({ ...part, unit: part.unit }) : part)),
    ),
    caughtBy: ['attributes: those of an array are kept'],
    says: /read back the attributes of an array/,
  },
  {
    name: 'loses __proto__ as a name',
    format: reading((value) => mapValue(value, (part) => (isRecord(part) ? assigned({}, part) : part))),
    caughtBy: [
      'tree: odd names are kept, reported or refused',
      'entries: odd names are kept, reported or refused',
    ],
    says: /__proto__/,
  },
  {
    name: 'lets __proto__ reach the prototype of all objects',
    format: reading((value) => {
      for (const [name, member] of isRecord(value) ? Object.entries(value) : [])
        if (name === '__proto__') assigned(Object.getPrototypeOf({}) as { [name: string]: Value }, member);
      return value;
    }),
    caughtBy: ['tree: odd names are kept, reported or refused'],
    says: /Object.prototype has got .*polluted/,
    afterwards: () =>
      ['polluted', '0', '1', '2', '3'].forEach((name) => void Reflect.deleteProperty(Object.prototype, name)),
  },
  {
    name: 'swaps the bytes of its input in place',
    format: writing((value) =>
      mapValue(value, (part) => {
        if (isNDArray(part) && part.data instanceof Int16Array) part.data.reverse();
        return part;
      }),
    ),
    caughtBy: ['write: leaves the value as it was'],
    says: /compare the value after writing it/,
  },
  {
    name: 'refuses what it claims',
    format: { ...toy, can: { ...toy.can, references: true } },
    caughtBy: ['tree: shared parts and cycles are kept'],
    says: /which the capabilities claim/,
  },
];

function mapColumns(change: (column: Column) => Column): typeof toy {
  return reading((value) =>
    mapValue(value, (part) => (isTable(part) ? new Table(part.rows, part.columns.map(change)) : part)),
  );
}

/** Assignment, as careless code does it. */
function assigned(target: { [name: string]: Value }, from: Value): Value {
  for (const [name, member] of Object.entries(from as { readonly [name: string]: Value }))
    target[name] = member;
  return target;
}
