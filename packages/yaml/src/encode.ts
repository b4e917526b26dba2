import {
  Budget,
  type Bytes,
  type Context,
  FormatError,
  fitValue,
  joinBytes,
  type Loss,
  type Value,
} from '@formatlab/core';
import { capabilities } from './capabilities.js';
import { type Rules, rulesOf, type YamlOptions } from './options.js';
import { readsAsEntries } from './write/predict.js';
import { type WriteContext, YamlWriter } from './write/writer.js';

export function encode(value: Value, context: Context<YamlOptions>): Bytes {
  return encodeWith(value, rulesOf(context.options), false, context);
}

/**
 * A value as YAML 1.2 text in UTF-8 that readers of YAML 1.1 take for the same: arrays as lists, tables as lists of
 * maps, one a line, bytes as `!!binary`, dates as `!!timestamp`.
 *
 * @param onLoss is told what reading the text back will not give
 * @throws FormatError `unsupported` for dtypes that have no form in YAML, `limit` for a value nested too deep
 */
export function encodeYaml(
  value: Value,
  options: YamlOptions = {},
  onLoss: (loss: Loss) => void = () => {},
): Uint8Array {
  const fitted = fitValue(value, { id: 'yaml', can: capabilities }, onLoss);
  const context = { budget: new Budget(), loss: onLoss, progress() {} };
  return joinBytes(encodeWith(fitted, rulesOf(options), false, context));
}

export function encodeWith(value: Value, rules: Rules, typed: boolean, context: WriteContext): Bytes {
  const { arrays, tables } = rules;
  const writer = new YamlWriter(
    { arrays: typed ? 'never' : arrays, tables: typed ? 'never' : tables, typed },
    context,
  );
  if (rules.documents !== 'list') {
    writeDocument(writer, value, rules);
    return writer.lines.out.pieces();
  }
  if (!Array.isArray(value))
    throw new FormatError(
      'unsupported',
      "write YAML with 'documents' 'list': the value is no list of documents",
      {
        format: 'yaml',
        feature: 'documents',
      },
    );
  for (const each of value as readonly Value[]) {
    writer.lines.out.add('---\n');
    writeDocument(writer, each, rules);
  }
  return writer.lines.out.pieces();
}

function writeDocument(writer: YamlWriter, value: Value, rules: Rules): void {
  writer.node(value, 'nothing', 0, 0, true, readsAsEntries(value, rules));
}
