import {
  Budget,
  type Bytes,
  type Context,
  fitValue,
  isRecord,
  joinBytes,
  type Loss,
  type Value,
} from '@formatlab/core';
import { capabilities } from './capabilities.js';
import { type JsonOptions, rulesOf } from './options.js';
import { PlainWriter, type WriteContext } from './write/plain.js';
import { readsAsEntries } from './write/predict.js';

export function encode(value: Value, context: Context<JsonOptions>): Bytes {
  return encodePlain(value, context.options, context);
}

/**
 * A value as JSON text in UTF-8: arrays as nested lists, as Python's `json.dumps(a.tolist())` has them, tables
 * as lists of records.
 *
 * @param onLoss is told what reading the text back will not give
 * @throws FormatError `unsupported` for dtypes that JSON has nothing for (complex), `limit` for a value nested too deep
 */
export function encodeJson(
  value: Value,
  options: JsonOptions = {},
  onLoss: (loss: Loss) => void = () => {},
): Uint8Array {
  const fitted = fitValue(value, { id: 'json', can: capabilities }, onLoss);
  return joinBytes(encodePlain(fitted, options, { budget: new Budget(), loss: onLoss, progress() {} }));
}

function encodePlain(value: Value, options: JsonOptions, context: WriteContext): Bytes {
  const rules = rulesOf(options);
  const writer = new PlainWriter(rules, context);
  if (isRecord(value)) writer.record(value, 0, readsAsEntries(value, rules));
  else writer.value(value, 0, true);
  return writer.out.pieces();
}
