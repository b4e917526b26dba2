import { type Context, FormatError, type Value } from '@formatlab/core';
import { isOurs, readFile } from './forms/read-value.js';
import { readMessage } from './message/read-message.js';
import { messageOf, type ProtobufOptions } from './options.js';
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
  let dropped = 0;
  const settings = {
    budget,
    unknown: options.unknown ?? 'keep',
    defaults: options.defaults ?? true,
    dropped: (count: number) => {
      dropped += count;
    },
  } as const;
  const value =
    options.stream === true
      ? readStream(bytes, type, settings, options.rows ?? 'table', context)
      : readMessage(bytes, type, settings);
  if (dropped > 0)
    context.loss({ path: '', kind: 'dropped', from: 'unknown fields', to: 'nothing', count: dropped });
  return value;
}
