import { type Budget, type DType, FormatError, isDType, type Loss } from '@formatlab/core';
import { type InferredType, inferType, type Seen } from '../cells/kinds.js';
import { type ColumnBuilder, newBuilder } from '../columns/builder.js';
import { GivenBuilder, type GivenType } from '../columns/given-builder.js';
import type { CsvOptions } from '../options.js';

/** A column's name, and where its type comes from. */
export interface ColumnPlan {
  readonly name: string;
  /** The type that the option `types` gives; undefined: it is inferred. */
  readonly given: GivenType | undefined;
}

const UNITS = ['D', 's', 'ms', 'us', 'ns'];

/**
 * One plan a column. A name that stands twice is changed, with a loss; columns of a file without a header are
 * `column0`, `column1`, …
 *
 * @throws FormatError `options` for a type that there is not, or of a column that there is not
 */
export function planColumns(
  header: readonly string[] | undefined,
  columns: number,
  options: CsvOptions,
  loss: (loss: Loss) => void,
): ColumnPlan[] {
  const names =
    header === undefined ? Array.from({ length: columns }, (_, i) => `column${i}`) : distinct(header, loss);
  const { types } = options;
  if (types === undefined) return names.map((name) => ({ name, given: undefined }));
  if (typeof types === 'string') {
    const given = parseType(types);
    return names.map((name) => ({ name, given }));
  }
  if (typeof types !== 'object' || types === null || Array.isArray(types))
    throw wrongTypes(String(types), 'must be a dtype, or dtypes by column');
  const unknown = Object.keys(types).find((name) => !names.includes(name));
  if (unknown !== undefined) throw wrongTypes(unknown, 'there is no such column', names);
  return names.map((name) => ({
    name,
    given: Object.hasOwn(types, name) ? parseType(types[name]!) : undefined,
  }));
}

/** A builder of the given type, or of the one that `seen` lets infer. */
export function builderOf(plan: ColumnPlan, seen: Seen, expected: number, budget: Budget): ColumnBuilder {
  const { given } = plan;
  if (given === undefined) return newBuilder(inferType(seen), expected, budget);
  return given.dtype === 'string'
    ? newBuilder({ dtype: 'string' }, expected, budget)
    : new GivenBuilder(given, budget);
}

/** The type of a column once all its cells were seen. */
export function typeOf(plan: ColumnPlan, seen: Seen): InferredType | GivenType {
  return plan.given ?? inferType(seen);
}

function distinct(header: readonly string[], loss: (loss: Loss) => void): string[] {
  const taken = new Set(header);
  const seen = new Set<string>();
  return header.map((name) => {
    let free = name;
    for (let i = 2; seen.has(free) || (free !== name && taken.has(free)); i++) free = `${name}_${i}`;
    seen.add(free);
    if (free !== name) loss({ path: '', kind: 'name', from: `a second column '${name}'`, to: `'${free}'` });
    return free;
  });
}

function parseType(text: unknown): GivenType {
  const [, dtype, unit] = /^([a-z]+\d*)(?:\[(\w+)\])?$/.exec(String(text)) ?? [];
  if (!isDType(dtype) || NOT_IN_CELLS.includes(dtype))
    throw wrongTypes(String(text), 'no cell is read as it');
  if (dtype !== 'datetime64' && unit === undefined) return { dtype };
  if (dtype !== 'datetime64' || (unit !== undefined && !UNITS.includes(unit))) {
    throw wrongTypes(
      String(text),
      'the unit is not known',
      UNITS.map((known) => `datetime64[${known}]`),
    );
  }
  return { dtype, unit: (unit ?? 'ms') as NonNullable<InferredType['unit']> };
}

const NOT_IN_CELLS: readonly DType[] = [
  'bytes',
  'object',
  'timedelta64',
  'complex64',
  'complex128',
  'float16',
];

function wrongTypes(found: string, state: string, supported?: readonly string[]): FormatError {
  return new FormatError('options', `set option 'types' of csv to '${found}': ${state}`, {
    format: 'csv',
    found,
    ...(supported === undefined ? {} : { supported }),
  });
}
