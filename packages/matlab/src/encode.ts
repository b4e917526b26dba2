import { type Bytes, type Context, defaultBudget, FormatError, type Value } from '@formatlab/core';
import { encodeMat5 } from './mat5/encode.js';
import type { MatlabOptions } from './options.js';
import { writeSettings } from './work.js';

/** A value as a MAT file of version 5 or 7. @throws FormatError `unsupported`, `limit` */
export function encode(value: Value, context: Context<MatlabOptions>): Bytes {
  checkVersion(context.options);
  return encodeMat5(value, writeSettings(context));
}

/**
 * A value as a MAT file, without a lab: members of a plain object are variables, anything else is one named `data`.
 *
 * @throws FormatError `unsupported`, `limit`
 */
export function encodeMat(value: Value, options: MatlabOptions = {}): readonly Uint8Array[] {
  checkVersion(options);
  return encodeMat5(value, writeSettings({ options, budget: defaultBudget(0), loss() {} }));
}

/** @throws FormatError `unsupported` */
export function checkVersion({ version }: MatlabOptions): void {
  if (version !== '7.3') return;
  throw new FormatError(
    'unsupported',
    'write version 7.3 of matlab: it is read only; write version 5 or 7, or HDF5 itself',
    { format: 'matlab', feature: 'writing 7.3', supported: ['5', '7'] },
  );
}
