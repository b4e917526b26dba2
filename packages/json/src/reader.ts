import { type Context, type Reader, type Source, wholeReader } from '@formatlab/core';
import { indexJson } from './access/index-json.js';
import { IndexedJson, type JsonEngine } from './access/indexed-json.js';
import { decodePlaces } from './access/places.js';
import { decode } from './decode.js';
import { type JsonOptions, rulesOf } from './options.js';
import { hereOf } from './parse/root.js';

/** Members and items are read alone where an index tells their places, and else from the decoded whole. */
export function open(source: Source, context: Context<JsonOptions>): Reader | Promise<Reader> {
  const { options } = context;
  return openWith(source, context, {
    rules: rulesOf(options),
    decode: (bytes) => decode(bytes, context),
    finish: (value) => value,
  });
}

/** Places of members and items. @throws FormatError `corrupt` */
export function index(source: Source, context: Context<JsonOptions>, every: number): Promise<Uint8Array> {
  const rules = rulesOf(context.options);
  return indexJson(source, context, every, rules, hereOf(rules));
}

/** The reader of an engine. */
export async function openWith(
  source: Source,
  context: Context<object>,
  engine: JsonEngine,
): Promise<Reader> {
  if (context.index !== undefined)
    return new IndexedJson(source, context, decodePlaces(context.index, source.size), engine);
  const { size, name } = source;
  context.budget.takeBytes(size, `the ${size} bytes of '${name}'`);
  const ranges = [{ at: 0, length: size }];
  const [bytes] = source.readSync?.(ranges) ?? (await source.read(ranges, context.signal));
  return { ...wholeReader(engine.decode(bytes!)), close: () => source.close() };
}
