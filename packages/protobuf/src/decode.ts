import { type Context, FormatError, type Value } from '@formatlab/core';
import { isOurs, readFile } from './forms/read-value.js';
import { type ReadOptions, readMessage } from './message/read-message.js';
import { messageOf, type ProtobufOptions } from './options.js';
import type { MessageType } from './schema/model.js';
import { readStream } from './stream/read-stream.js';

export type DecodeContext = Pick<Context<ProtobufOptions>, 'options' | 'budget' | 'loss' | 'progress'>;

/**
 * The value of a file: by the schema where one is given, else as formatlab.proto says. Long arrays and binary
 * data are views on `bytes`.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `limit`, `options`
 */
export function decode(bytes: Uint8Array, context: DecodeContext): Value {
  const { options, budget } = context;
  const type = messageOf(options);
  if (type === undefined) {
    if (isOurs(bytes)) return readFile(bytes, budget);
    throw new FormatError(
      'not-this-format',
      "read Protocol Buffers: the file does not start as formatlab.proto has it; set the options 'schema' and 'type' for other messages",
      { format: 'protobuf', offset: 0 },
    );
  }
  return options.stream === true
    ? decodeStream(bytes, type, 0, context)
    : tallied(context, (settings) => readMessage(bytes, type, settings));
}

/** Messages behind their lengths, which stand at `base` of the file. @throws FormatError `corrupt`, `limit` */
export function decodeStream(
  bytes: Uint8Array,
  type: MessageType,
  base: number,
  context: DecodeContext,
): Value {
  const rows = context.options.rows ?? 'table';
  return tallied(context, (settings) => readStream(bytes, type, settings, rows, context, base));
}

/** Reports the unknown fields that were dropped on the way, all at once. */
function tallied({ options, budget, loss }: DecodeContext, read: (settings: ReadOptions) => Value): Value {
  let dropped = 0;
  const value = read({
    budget,
    unknown: options.unknown ?? 'keep',
    defaults: options.defaults ?? true,
    dropped: (count: number) => {
      dropped += count;
    },
  });
  if (dropped > 0) loss({ path: '', kind: 'dropped', from: 'unknown fields', to: 'nothing', count: dropped });
  return value;
}
