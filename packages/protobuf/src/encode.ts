import type { Context, Value } from '@formatlab/core';
import { writeFile } from './forms/write-value.js';
import { writeMessage } from './message/write-message.js';
import { messageOf, type ProtobufOptions } from './options.js';
import { writeStream } from './stream/write-stream.js';

export type EncodeContext = Pick<Context<ProtobufOptions>, 'options' | 'budget' | 'loss' | 'progress'>;

/**
 * A value as bytes: a record by the schema, a table or list as a stream of messages, or anything as
 * formatlab.proto says. Long data is a piece of its own, not copied.
 *
 * @throws FormatError `unsupported` for what the message can't hold, `options`, `limit`
 */
export function encode(value: Value, context: EncodeContext): Uint8Array[] {
  const type = messageOf(context.options);
  if (type === undefined) return writeFile(value, context.budget);
  return context.options.stream === true ? writeStream(value, type, context) : writeMessage(value, type);
}
