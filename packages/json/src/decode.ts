import { type Context, defaultBudget, FormatError, type Loss, type Value } from '@formatlab/core';
import { type JsonOptions, rulesOf } from './options.js';
import { JsonParser } from './parse/parser.js';
import { readRoot } from './parse/root.js';

type ReadContext = Pick<Context<object>, 'budget' | 'loss' | 'progress'>;

export function decode(bytes: Uint8Array, context: Context<JsonOptions>): Value {
  return decodePlain(bytes, context.options, context);
}

/**
 * The value in JSON text (RFC 8259, UTF-8, a byte order mark is skipped): every digit of integers kept,
 * rectangular lists of numbers as arrays and lists of like records as tables where the options say so.
 *
 * @throws FormatError `corrupt` with the byte offset, `limit` for what is nested deeper than 500 levels
 */
export function decodeJson(
  bytes: Uint8Array,
  options: JsonOptions = {},
  onLoss: (loss: Loss) => void = () => {},
): Value {
  return decodePlain(bytes, options, { budget: defaultBudget(bytes.length), loss: onLoss, progress() {} });
}

function decodePlain(bytes: Uint8Array, options: JsonOptions, context: ReadContext): Value {
  const rules = rulesOf(options);
  const parser = parserOf(bytes, rules.nan === 'python', context);
  const value = readRoot(parser, rules);
  expectEnd(parser);
  return value;
}

/** A parser at the first byte behind a byte order mark. @throws FormatError for files that are not JSON in UTF-8 */
export function parserOf(
  bytes: Uint8Array,
  nonFinite: boolean,
  context: ReadContext,
  start = 0,
  end = bytes.length,
): JsonParser {
  const parser = new JsonParser(
    bytes,
    {
      nonFinite,
      budget: context.budget,
      duplicate: (path) =>
        context.loss({ path, kind: 'dropped', from: 'a member that stands twice', to: 'the last one' }),
      rounded: (count) =>
        context.loss({
          path: '',
          kind: 'precision',
          from: 'numbers of more digits',
          to: 'the nearest float64',
          count,
        }),
      progress: (done) => context.progress(done, bytes.length),
    },
    start,
    end,
  );
  if (start === 0) checkStart(parser);
  return parser;
}

function checkStart(parser: JsonParser): void {
  const { bytes } = parser;
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) parser.at = 3;
  const [a, b] = bytes;
  const utf16 =
    (a === 0xff && b === 0xfe) ||
    (a === 0xfe && b === 0xff) ||
    (a === 0 && b !== undefined) ||
    (b === 0 && a !== undefined);
  if (utf16) {
    throw new FormatError('unsupported', 'read JSON: the text is UTF-16 or UTF-32', {
      format: 'json',
      offset: 0,
      feature: 'encodings',
      found: 'UTF-16 or UTF-32',
      supported: ['UTF-8'],
    });
  }
}

/** Ends the reading of a document. @throws FormatError where something stands behind the value */
export function expectEnd(parser: JsonParser): void {
  const line = parser.at;
  if (parser.peek() < 0) return parser.finish();
  const error = parser.error('the end');
  const lines = parser.bytes.subarray(line, parser.at).includes(0x0a);
  throw lines
    ? new FormatError('corrupt', `${error.message}; a file with a value on each line is ndjson`, {
        format: 'json',
        offset: error.offset,
        found: error.found,
        supported: ['ndjson'],
      })
    : error;
}
