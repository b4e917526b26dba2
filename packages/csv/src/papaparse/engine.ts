import type { DType, Engine } from '@formatlab/core';
import { can } from '../capabilities.js';
import type { CsvOptions } from '../options.js';

const DTYPES: readonly DType[] = ['bool', 'int64', 'float64', 'string'];

/** Papa Parse splits and joins the cells of tables; types are inferred as by the native engine. */
export const engine: Engine<CsvOptions> = {
  title: 'Papa Parse',
  can: {
    ...can,
    roots: ['table'],
    dtypes: { read: DTYPES, write: DTYPES },
    batches: { read: false, write: false },
    append: 'rewrite',
  },
  load: async () => {
    const [{ decode }, { encode }] = await Promise.all([import('./decode.js'), import('./encode.js')]);
    return { decode, encode };
  },
};
