import { COMPRESSIONS, type Compression, engineIds } from '@formatlab/core';
import type { FormatChoice } from '../cells.js';
import { choicesOf } from '../cells.js';
import type { LoadedFormat } from '../formats.js';
import { OPERATIONS } from '../operations/index.js';
import type { OperationId, Plant } from '../results/record.js';
import type { Shard } from '../run/shard.js';
import { UsageError } from './usage-error.js';

/** `1000x1000` → rows and columns. @throws UsageError */
export function parseSize(text: string): { readonly rows: number; readonly columns: number } {
  const match = /^(\d+)\s*[x×]\s*(\d+)$/i.exec(text.trim());
  if (match === null) throw new UsageError(`--size '${text}': write rows and columns, such as 1000x1000`);
  return { rows: parseCount('--size', match[1]!), columns: parseCount('--size', match[2]!) };
}

/** A whole number of at least 1. @throws UsageError */
export function parseCount(flag: string, text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1 || !/^\d+$/.test(text.trim()))
    throw new UsageError(`${flag} '${text}': write a whole number of at least 1`);
  return count;
}

/** A number above 0. @throws UsageError */
export function parseSeconds(flag: string, text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0) || !Number.isFinite(seconds))
    throw new UsageError(`${flag} '${text}': write a number of seconds above 0`);
  return seconds;
}

/** `2/4`. @throws UsageError */
export function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text.trim());
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (!(index >= 1 && index <= of))
    throw new UsageError(`--shard '${text}': write i/n with i from 1 to n, such as 2/4`);
  return { index, of };
}

/** `array(10x10)/json/none/read=0.1`. @throws UsageError */
export function parsePlant(text: string): Plant {
  const at = text.lastIndexOf('=');
  const share = Number(text.slice(at + 1));
  if (at < 1 || !(share > 0))
    throw new UsageError(`--plant '${text}': write the cell's id and a share, such as …/read=0.1`);
  return { cell: text.slice(0, at), share };
}

/** `a,b c` → a, b and c; each must be one of `known`. @throws UsageError */
export function parseList<T extends string>(flag: string, text: string, known: readonly T[]): T[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  if (names.length === 0) throw new UsageError(`${flag} '${text}': name at least one of ${known.join(', ')}`);
  for (const name of names) {
    if (!known.includes(name as T)) throw new UsageError(`${flag} '${name}': there are ${known.join(', ')}`);
  }
  return [...new Set(names)] as T[];
}

export function parseCompressions(text: string): Compression[] {
  return parseList('--compression', text, COMPRESSIONS);
}

export function parseOperations(text: string): OperationId[] {
  return parseList(
    '--operations',
    text,
    OPERATIONS.map(({ id }) => id),
  );
}

/** `json,parquet:parquetjs-lite`: a format stands for all its engines; without text, the default ones and parquetjs-lite. @throws UsageError */
export function parseChoices(
  text: string | undefined,
  loaded: readonly LoadedFormat[],
  options: readonly string[],
): FormatChoice[] {
  const set = parseOptions(options, loaded);
  const all = choicesOf(loaded, (format) => set.get(format.id) ?? {});
  if (text === undefined) {
    return all.filter(
      ({ format, engine }) =>
        isDefault(format, engine, loaded) || (engine !== null && ALSO_BY_DEFAULT.includes(engine)),
    );
  }
  const known = loaded.flatMap(({ format }) => [
    format.id,
    ...engineIds(format).map((engine) => `${format.id}:${engine}`),
  ]);
  const wanted = parseList('--formats', text, known);
  return all.filter(
    ({ format, engine }) => wanted.includes(format) || wanted.includes(`${format}:${engine}`),
  );
}

/** Engines that are measured beside the default ones unless formats are named. */
const ALSO_BY_DEFAULT: readonly string[] = ['parquetjs-lite'];

function isDefault(id: string, engine: string | null, loaded: readonly LoadedFormat[]): boolean {
  return engine === null || loaded.find(({ format }) => format.id === id)?.format.defaultEngine === engine;
}

/** `json.arrays=base64`: a value as the format declares the option. @throws UsageError */
export function parseOptions(
  texts: readonly string[],
  loaded: readonly LoadedFormat[],
): Map<string, Record<string, unknown>> {
  const set = new Map<string, Record<string, unknown>>();
  for (const text of texts) {
    const match = /^([^.=]+)\.([^=]+)=(.*)$/s.exec(text);
    if (match === null) throw new UsageError(`--option '${text}': write format.name=value`);
    const [, id, name, value] = match as unknown as [string, string, string, string];
    const format = loaded.find((one) => one.format.id === id)?.format;
    if (format === undefined) throw new UsageError(`--option '${text}': there is no format '${id}'`);
    const specs = format.options as Readonly<Record<string, { readonly type: string }>>;
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined)
      throw new UsageError(`--option '${text}': ${id} has the options ${Object.keys(specs).join(', ')}`);
    set.set(id, { ...set.get(id), [name]: optionValue(spec.type, value) });
  }
  return set;
}

/** Core checks it against the spec. */
function optionValue(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (type === 'integer' || type === 'number') return text.trim() === '' ? text : Number(text);
  return text;
}
