import {
  type Bytes,
  type Context,
  FormatError,
  isTable,
  kindOfValue,
  toRows,
  type Value,
} from '@formatlab/core';
import { Encoder } from './encoder.js';
import type { MarshalOptions } from './options.js';

export type EncodeContext = Pick<Context<MarshalOptions>, 'options' | 'budget' | 'loss' | 'progress'>;

/**
 * A whole file. Large array data is not copied: it is one of the pieces.
 *
 * @throws FormatError `unsupported` for cycles before version 3 and lengths of 2^31 and more, `limit` for too deep a value
 */
export function encode(value: Value, context: EncodeContext): Bytes {
  if (context.options.stream !== true) {
    return written(new Encoder(context), value);
  }
  const items = isTable(value) ? toRows(value) : value;
  if (!Array.isArray(items)) {
    throw new FormatError(
      'unsupported',
      `write ${kindOfValue(value)} as a stream: a stream holds the elements of a list or the rows of a table`,
      { format: 'marshal', feature: 'stream' },
    );
  }
  if (isTable(value)) context.loss({ path: '', kind: 'type', from: 'table', to: 'list of records' });
  // References of one call of marshal.load do not reach into the next: each value has an encoder of its own.
  return (items as readonly Value[]).flatMap((item, i) => written(new Encoder(context, [i]), item));
}

function written(encoder: Encoder, value: Value): readonly Uint8Array[] {
  try {
    encoder.value(value);
  } catch (error) {
    // Writing calls itself for each level: on a small stack it ends before the budget does.
    if (!(error instanceof RangeError)) throw error;
    throw new FormatError('limit', 'write marshal: nested deeper than this process has stack for', {
      format: 'marshal',
      cause: error,
    });
  }
  return encoder.finish();
}
