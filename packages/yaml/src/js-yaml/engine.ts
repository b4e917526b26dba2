import {
  type Context,
  FormatError,
  isRecord,
  kindOfValue,
  newRecord,
  Pairs,
  Tagged,
  type Value,
} from '@formatlab/core';
import { CORE_SCHEMA, dump, loadAll, YAML11_SCHEMA } from 'js-yaml';
import { rulesOf, type YamlOptions } from '../options.js';

const NODE_BYTES = 48;

/** What js-yaml writes: numbers, strings, booleans, null, lists and records. @throws FormatError `unsupported` for others */
export function encode(value: Value, context: Context<YamlOptions>): Uint8Array {
  return new TextEncoder().encode(dump(plain(value, '', context), { lineWidth: -1, noRefs: true }));
}

function plain(value: Value, path: string, context: Context<YamlOptions>): unknown {
  if (value instanceof Date) {
    context.loss({ path, kind: 'type', from: 'date', to: 'ISO string' });
    return Number.isNaN(value.getTime()) ? null : value.toISOString();
  }
  if (value instanceof Uint8Array) {
    context.loss({ path, kind: 'type', from: 'bytes', to: 'base64 string' });
    return Buffer.from(value).toString('base64');
  }
  if (typeof value === 'bigint') {
    const number = Number(value);
    context.loss(
      BigInt(number) === value
        ? { path, kind: 'type', from: 'bigint', to: 'number' }
        : { path, kind: 'precision', from: 'integer', to: 'the nearest float64' },
    );
    return number;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Value, i) => plain(item, `${path}/${i}`, context));
  if (isRecord(value)) {
    const record: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [name, member] of Object.entries(value))
      record[name] = plain(member, `${path}/${name}`, context);
    return record;
  }
  if (value instanceof Tagged) {
    context.loss({ path, kind: 'type', from: `tagged '${value.tag}'`, to: 'its value' });
    return plain(value.value, path, context);
  }
  if (value instanceof Pairs) {
    context.loss({ path, kind: 'type', from: 'pairs', to: 'list of lists' });
    return value.entries.map((entry) => entry.map((each) => plain(each, path, context)));
  }
  throw new FormatError(
    'unsupported',
    `write ${kindOfValue(value)} with js-yaml: the engine holds scalars, lists and records`,
    {
      format: 'yaml',
      path,
    },
  );
}

/** @throws FormatError `corrupt` for what js-yaml refuses */
export function decode(bytes: Uint8Array, context: Context<YamlOptions>): Value {
  const rules = rulesOf(context.options);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError('corrupt', 'read YAML with js-yaml: the text is not UTF-8', {
      format: 'yaml',
      cause,
    });
  }
  context.budget.takeBytes(text.length * 2, 'YAML');
  let documents: unknown[];
  try {
    documents = loadAll(text, {
      schema: rules.version === '1.1' ? YAML11_SCHEMA : CORE_SCHEMA,
      maxAliases: 100,
    });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    throw new FormatError('corrupt', `read YAML with js-yaml: ${message}`, { format: 'yaml', cause });
  }
  const values = documents.map((each) => copy(each, context, 0));
  return rules.documents === 'list' || values.length > 1 ? values : (values[0] ?? null);
}

/** What the library made, in records of ours. */
function copy(value: unknown, context: Context<YamlOptions>, depth: number): Value {
  const { budget } = context;
  budget.checkDepth(depth, 'YAML');
  budget.takeItems(1, 'YAML');
  budget.takeBytes(NODE_BYTES, 'nodes of YAML');
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map((item) => copy(item, context, depth + 1));
  if (value instanceof Map)
    return new Pairs(
      [...value].map(([key, member]) => [copy(key, context, depth + 1), copy(member, context, depth + 1)]),
    );
  if (value instanceof Set)
    return new Tagged(
      'set',
      [...value].map((key) => copy(key, context, depth + 1)),
    );
  if (value instanceof Uint8Array || value instanceof Date) return value;
  // Beside those above js-yaml makes scalars and plain objects.
  if (typeof value !== 'object' || value === null) return value as Value;
  const record = newRecord();
  for (const [name, member] of Object.entries(value)) record[name] = copy(member, context, depth + 1);
  return record;
}
