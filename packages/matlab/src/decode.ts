import { type Context, defaultBudget, FormatError, type Value } from '@formatlab/core';
import { decodeMat4, startsAsMat4 } from './mat4/decode.js';
import { decodeMat5 } from './mat5/decode.js';
import { notMatlab, readFileHeader } from './mat5/file-header.js';
import { decodeMat73 } from './mat73/decode.js';
import type { MatlabOptions } from './options.js';
import { readWork } from './work.js';

/** The variables of a MAT file of any version. @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit` */
export function decode(bytes: Uint8Array, context: Context<MatlabOptions>): Value | Promise<Value> {
  const header = readFileHeader(bytes);
  if (header?.kind === '7.3') return decodeMat73(bytes, context);
  if (header !== undefined) return decodeMat5(bytes, header, readWork(context));
  if (startsAsMat4(bytes)) return decodeMat4(bytes, readWork(context));
  throw notMatlab();
}

/**
 * The variables of a MAT file of version 4, 5 or 7, without a lab.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported` (7.3 needs the lab), `limit`
 */
export function decodeMat(bytes: Uint8Array, options: MatlabOptions = {}): Value {
  const work = readWork({ options, budget: defaultBudget(bytes.byteLength), loss() {} });
  const header = readFileHeader(bytes);
  if (header?.kind === '7.3')
    throw new FormatError(
      'unsupported',
      'read MAT 7.3 without a lab: it is HDF5, and needs a format for it',
      {
        format: 'matlab',
        feature: '7.3',
      },
    );
  if (header !== undefined) return decodeMat5(bytes, header, work);
  if (startsAsMat4(bytes)) return decodeMat4(bytes, work);
  throw notMatlab();
}
