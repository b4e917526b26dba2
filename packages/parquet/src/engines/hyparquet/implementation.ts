import type { Implementation } from '@formatlab/core';
import { readWhole } from '../../decode.js';
import { after } from '../../maybe.js';
import { openedOfBytes, openedOfSource } from '../../open-table.js';
import type { ParquetOptions } from '../../options.js';
import { ParquetReader } from '../../reader.js';
import { encode } from './encode.js';
import { HyparquetFile } from './file.js';

/** Footer, types and selections are those of the default engine; pages are hyparquet's work. */
export const implementation: Implementation<ParquetOptions> = {
  encode,
  decode: (bytes, context) =>
    readWhole(new HyparquetFile(openedOfBytes(bytes, context, context.options), context, context.options)),
  open: (source, context) =>
    after(
      openedOfSource(source, context, context.options),
      (opened) => new ParquetReader(source, new HyparquetFile(opened, context, context.options)),
    ),
};
