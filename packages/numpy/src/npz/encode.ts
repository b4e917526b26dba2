import {
  type Context,
  childPath,
  FormatError,
  isNDArray,
  isTable,
  kindOfValue,
  type NDArray,
  scalarArray,
  type Table,
  type ValueRecord,
} from '@formatlab/core';
import { encodeNpy } from '../npy/encode.js';
import { packDirectory, packMember } from './archive.js';
import type { Member } from './directory.js';

/**
 * Named arrays and tables as npz: a ZIP of `name.npy` members, stored unless `compress`.
 *
 * @throws FormatError `unsupported` for members that are neither
 */
export function encodeNpz(
  entries: ValueRecord,
  context?: Pick<Context<object>, 'loss'>,
  compress = false,
): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const members: Member[] = [];
  let offset = 0;
  for (const [name, value] of Object.entries(entries)) {
    const path = childPath('', name);
    const packed = packMember(
      `${name}.npy`,
      encodeNpy(asEntry(value, path), context, path),
      offset,
      compress,
    );
    members.push(packed.member);
    for (const piece of packed.pieces) {
      pieces.push(piece);
      offset += piece.byteLength;
    }
  }
  pieces.push(...packDirectory({ bytes: new Uint8Array(0), count: 0 }, members, offset));
  return pieces;
}

function asEntry(value: ValueRecord[string], path: string): NDArray | Table {
  const array = scalarArray(value);
  if (array !== undefined) return array;
  if (isNDArray(value) || isTable(value)) return value;
  throw new FormatError(
    'unsupported',
    `write ${kindOfValue(value)} '${path}' as npz: a member is an array or a table`,
    { format: 'numpy', path },
  );
}
