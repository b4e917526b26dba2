import { byteLengthOf, isRecord, joinBytes, type Value } from '@formatlab/core';
import { MI } from './constants.js';
import { matlabNames, matrixPieces, type WriteWork } from './encode-matrix.js';
import { fileHeader } from './file-header.js';
import { pathOfName } from './head.js';
import { deflate } from './zlib.js';

export interface WriteSettings extends WriteWork {
  readonly compress: boolean;
  /** Of a value that is no record. */
  readonly name: string;
}

/** A value as a file: members of a record as variables, anything else as one that is marked as the whole. */
export function encodeMat5(value: Value, settings: WriteSettings): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [fileHeader()];
  if (!isRecord(value)) pieces.push(...variablePieces(settings.name, value, '', true, settings));
  else {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const names = matlabNames(
      members.map(([name]) => name),
      '',
      settings,
    );
    members.forEach(([name, member], i) => {
      pieces.push(...variablePieces(names[i]!, member, pathOfName(name), false, settings));
    });
  }
  return pieces;
}

/** One variable as it stands in a file. @throws FormatError `unsupported`, `limit` */
export function variablePieces(
  name: string,
  value: Value,
  path: string,
  root: boolean,
  settings: WriteSettings,
): readonly Uint8Array[] {
  const pieces = matrixPieces(name, value, path, root, settings);
  if (!settings.compress) return pieces;
  const packed = deflate(joinBytes(pieces));
  const tag = new Uint8Array(8);
  new DataView(tag.buffer).setUint32(0, MI.compressed, true);
  new DataView(tag.buffer).setUint32(4, byteLengthOf([packed]), true);
  return [tag, packed];
}
