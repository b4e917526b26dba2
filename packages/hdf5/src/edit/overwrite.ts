import {
  attributesOf,
  isNDArray,
  itemSize,
  type Sink,
  scalarArray,
  splitPath,
  toCOrder,
  type Value,
} from '@formatlab/core';
import { MARKER } from '../markers.js';
import { NO_ATTRIBUTES, readAttributes } from '../read/attributes.js';
import { datasetInfo } from '../read/dataset-info.js';
import type { ReadSession } from '../read/session.js';
import { rootPath } from '../read/tree.js';
import { dtypeOf, isNative } from '../types/element-type.js';
import { rawBytes } from '../write/elements.js';
import { findObject } from './find-object.js';

/**
 * Writes an array over one of the same type and shape that is stored in one run. Returns the bytes written;
 * undefined, with nothing written, where it does not fit into the old one's place.
 */
export async function overwriteDataset(
  session: ReadSession,
  sink: Sink,
  path: string,
  value: Value,
): Promise<number | undefined> {
  const array = scalarArray(value) ?? (isNDArray(value) ? value : undefined);
  if (array === undefined || itemSize(array.dtype) === 0 || attributesOf(value) !== undefined)
    return undefined;
  const found = findObject(session, rootPath(session), splitPath(path));
  if (found === undefined) return undefined;
  const header = session.header(session.file.addressOf(found));
  // One that is linked to from elsewhere too must keep its value there.
  if (header === undefined || header.links > 1) return undefined;
  const info = datasetInfo(session, found, header);
  const { run, type, shape } = info;
  if (
    run === undefined ||
    // Data in a header is under the header's checksum.
    info.compact ||
    shape === null ||
    !isNative(type) ||
    type.kind === 'enum' ||
    dtypeOf(type) !== array.dtype
  )
    return undefined;
  if (type.kind === 'time' && type.unit !== (array.unit ?? 'generic')) return undefined;
  if (shape.length !== array.shape.length || shape.some((length, axis) => length !== array.shape[axis]))
    return undefined;
  const { visible, markers } = info.hasAttributes ? readAttributes(session, found) : NO_ATTRIBUTES;
  if (visible !== undefined || MARKER.type in markers) return undefined;
  const bytes = rawBytes(toCOrder(array));
  if (bytes.byteLength !== run.size) return undefined;
  await sink.write(run.at, bytes);
  return bytes.byteLength;
}
