import { Budget, type BudgetLimits, defaultBudget, joinBytes, type Loss, type Value } from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { parseProtoJson } from './json/parse.js';
import { printProtoJson } from './json/print.js';
import type { ProtobufOptions } from './options.js';
import { loadSchema, type SchemaSource } from './schema/load.js';

export interface EncodeProtobufOptions extends Pick<ProtobufOptions, 'schema' | 'type' | 'stream'> {
  readonly onLoss?: (loss: Loss) => void;
}

export interface DecodeProtobufOptions extends ProtobufOptions {
  readonly budget?: BudgetLimits;
  readonly onLoss?: (loss: Loss) => void;
}

export interface ProtoJsonOptions {
  readonly schema: SchemaSource;
  /** Full name of the message. May be absent where the schema has one only. */
  readonly type?: string;
}

export interface DecodeProtoJsonOptions extends ProtoJsonOptions {
  /** Leaves out members and enum names that the schema lacks, instead of refusing them. Default false. */
  readonly ignoreUnknown?: boolean;
  readonly budget?: BudgetLimits;
}

/**
 * A value as Protocol Buffers, in one piece: by the schema, or as formatlab.proto says.
 *
 * @throws FormatError `unsupported`, `options`, `limit`
 */
export function encodeProtobuf(value: Value, options: EncodeProtobufOptions = {}): Uint8Array {
  const { onLoss, ...rest } = options;
  return joinBytes(
    encode(value, { options: rest, budget: new Budget(), loss: (loss) => onLoss?.(loss), progress() {} }),
  );
}

/**
 * The value of Protocol Buffers. Long arrays and binary data are views on `bytes`.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `limit`, `options`
 */
export function decodeProtobuf(bytes: Uint8Array, options: DecodeProtobufOptions = {}): Value {
  const { onLoss, budget, ...rest } = options;
  return decode(bytes, {
    options: rest,
    budget: defaultBudget(bytes.length, budget),
    loss: (loss) => onLoss?.(loss),
    progress() {},
  });
}

/**
 * A record as ProtoJSON text (protobuf.dev, "ProtoJSON Format").
 *
 * @throws FormatError `unsupported` for what JSON can't say, `options`
 */
export function encodeProtoJson(value: Value, options: ProtoJsonOptions): string {
  const schema = loadSchema(options.schema);
  return printProtoJson(value, schema, schema.message(options.type));
}

/**
 * ProtoJSON text as a record: the same as the binary form gives.
 *
 * @throws FormatError `corrupt`, `limit`, `options`
 */
export function decodeProtoJson(text: string, options: DecodeProtoJsonOptions): Value {
  const schema = loadSchema(options.schema);
  return parseProtoJson(text, schema, schema.message(options.type), {
    budget: defaultBudget(text.length, options.budget),
    ignoreUnknown: options.ignoreUnknown ?? false,
  });
}
