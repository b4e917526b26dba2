import { childPath, NDArray, newRecord, sizeOfShape, type Value, type ValueRecord } from '@formatlab/core';
import { withMemory } from '../library/library-file.js';
import { isMarker } from '../markers.js';
import type { StoredAttribute } from '../native/stored-attributes.js';
import { type ElementType, hasVariableLength } from '../types/element-type.js';
import { memoryTypeOf } from '../types/memory-type.js';
import { unknownType } from './dataset-info.js';
import { ElementDecoder, type Run } from './elements.js';
import { pointerOf } from './paths.js';
import { rowsOf, structuredValue } from './rows.js';
import type { ReadSession } from './session.js';

/** The attributes of an object: those that users see, and the markers of this package. */
export interface Attributes {
  readonly visible: ValueRecord | undefined;
  readonly markers: ValueRecord;
}

export const NO_ATTRIBUTES: Attributes = { visible: undefined, markers: newRecord() };

export function readAttributes(session: ReadSession, path: string): Attributes {
  let visible: { [name: string]: Value } | undefined;
  const markers = newRecord();
  const take = (name: string, value: Value): void => {
    if (isMarker(name)) markers[name] = value;
    else {
      visible ??= newRecord();
      visible[name] = value;
    }
  };
  if (session.native !== undefined) {
    for (const attribute of session.native.attributes(path))
      take(attribute.name, storedValue(session, path, attribute));
  } else {
    for (const name of session.library.attributeNames(path)) take(name, readAttribute(session, path, name));
  }
  return { visible, markers };
}

function storedValue(
  session: ReadSession,
  path: string,
  { name, type, shape, bytes }: StoredAttribute,
): Value {
  if (shape === null) return null;
  const where = childPath(pointerOf(path), `@${name}`);
  session.context.budget.takeBytes(bytes.byteLength, `attribute '${where}'`);
  return valueOf(session, where, type, shape, { bytes, at: 0, count: sizeOfShape(shape), stride: type.size });
}

function readAttribute(session: ReadSession, path: string, name: string): Value {
  const metadata = session.library.attributeMetadata(path, name);
  const memory = memoryTypeOf(metadata, undefined);
  if (memory === undefined) throw unknownType(`${path}@${name}`, metadata);
  const { shape } = metadata;
  if (shape === null) return null;
  const { type, silence } = memory;
  const count = sizeOfShape(shape);
  const size = count * type.size;
  const where = childPath(pointerOf(path), `@${name}`);
  session.context.budget.takeBytes(size, `attribute '${where}'`);
  const { engine } = session.library;
  if (count === 0)
    return valueOf(session, where, type, shape, {
      bytes: new Uint8Array(0),
      at: 0,
      count,
      stride: type.size,
    });
  return withMemory(engine, size, (pointer) => {
    const variable = hasVariableLength(type);
    if (variable) session.heap().fill(0, pointer, pointer + size);
    session.library.readAttribute(path, name, pointer, silence);
    try {
      const bytes = session.heap().subarray(pointer, pointer + size);
      return valueOf(session, where, type, shape, { bytes, at: 0, count, stride: type.size });
    } finally {
      if (variable && !engine.broken) session.library.reclaim(path, name, pointer, undefined);
    }
  });
}

function valueOf(
  session: ReadSession,
  path: string,
  type: ElementType,
  shape: readonly number[],
  run: Run,
): Value {
  if (type.kind === 'compound') return structuredValue(rowsOf(session, path, type.members, run), shape);
  const { dtype, data, inner, unit } = new ElementDecoder(session, path).decode(type, run);
  return scalarOf(new NDArray({ dtype, shape: [...shape, ...inner], data, unit }));
}

/** A plain number, text, boolean or reference for a 0-d array of one; other dtypes stay arrays. */
export function scalarOf(array: NDArray): Value {
  if (array.shape.length > 0) return array;
  switch (array.dtype) {
    case 'float64':
    case 'string':
    case 'object':
      return array.data[0] as Value;
    case 'bool':
      return array.data[0] !== 0;
    default:
      return array;
  }
}
