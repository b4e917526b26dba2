import { type Budget, childPath } from '@formatlab/core';
import { corrupt, unsupported } from '../corrupt.js';
import { applyNote, type ColumnNotes, MS_PER_UNIT } from '../notes.js';
import type { Physical, SchemaElement } from './element.js';
import { type Int96, type LeafKind, leafKindOf } from './leaf-kind.js';

/** A column of values: what column chunks are made of. */
export interface Leaf {
  /** Number among the leaves, which is that of its chunk in each row group. */
  readonly index: number;
  readonly path: readonly string[];
  readonly physical: Physical;
  /** Bytes of FIXED_LEN_BYTE_ARRAY values; 0 for other types. */
  readonly typeLength: number;
  /** Definition level of a value that is there, and how often it may repeat. */
  readonly maxDef: number;
  readonly maxRep: number;
  readonly kind: LeafKind;
}

export interface SchemaNode {
  readonly element: SchemaElement;
  readonly path: readonly string[];
  /** Levels with this node counted in. */
  readonly maxDef: number;
  readonly maxRep: number;
  readonly children: readonly SchemaNode[];
  readonly leaf: Leaf | undefined;
}

/** What decides how leaves are read beside the schema. */
export interface LeafSettings {
  readonly notes: ColumnNotes;
  readonly int96: Int96;
}

/** Levels are kept in bytes. */
const MOST_LEVELS = 255;

/** The flattened schema as a tree. @throws FormatError `corrupt`, `limit` when nested too deep */
export function schemaTree(
  elements: readonly SchemaElement[],
  budget: Pick<Budget, 'checkDepth'>,
  settings: LeafSettings,
): { root: SchemaNode; leaves: readonly Leaf[] } {
  const leaves: Leaf[] = [];
  let next = 0;
  const build = (
    parent: Pick<SchemaNode, 'path' | 'maxDef' | 'maxRep'> | undefined,
    depth: number,
  ): SchemaNode => {
    budget.checkDepth(depth, 'Parquet schema');
    const element = elements[next++];
    if (element === undefined) throw corrupt('read schema: elements are missing');
    const path = parent === undefined ? [] : [...parent.path, element.name];
    const repetition = parent === undefined ? 'REQUIRED' : (element.repetition ?? 'REQUIRED');
    const maxDef = (parent?.maxDef ?? 0) + (repetition === 'REQUIRED' ? 0 : 1);
    const maxRep = (parent?.maxRep ?? 0) + (repetition === 'REPEATED' ? 1 : 0);
    const here = { element, path, maxDef, maxRep };
    if (element.physical !== undefined) {
      const leaf = leafOf(element.physical, here, leaves.length, settings);
      leaves.push(leaf);
      return { ...here, children: [], leaf };
    }
    const count = element.children ?? 0;
    if (count < 0 || count > elements.length - next)
      throw corrupt(
        `read schema: '${path.join('.')}' has ${count} children, ${elements.length - next} elements are left`,
      );
    return {
      ...here,
      children: Array.from({ length: count }, () => build(here, depth + 1)),
      leaf: undefined,
    };
  };
  const root = build(undefined, 0);
  if (root.leaf !== undefined) throw corrupt('read schema: the root is a value');
  if (next !== elements.length)
    throw corrupt(`read schema: ${elements.length - next} elements belong to nothing`);
  return { root, leaves };
}

function leafOf(
  physical: Physical,
  node: Omit<SchemaNode, 'children' | 'leaf'>,
  index: number,
  { notes, int96 }: LeafSettings,
): Leaf {
  const { element, path, maxDef, maxRep } = node;
  const name = path.join('.');
  const typeLength = physical === 'FIXED_LEN_BYTE_ARRAY' ? (element.typeLength ?? 0) : 0;
  if (physical === 'FIXED_LEN_BYTE_ARRAY' && typeLength < 1)
    throw corrupt(`read schema: '${name}' has fixed-length values of ${typeLength} bytes`);
  if (maxDef > MOST_LEVELS)
    throw unsupported(`read schema: '${name}' is ${maxDef} levels deep`, 'deep schemas', {
      supported: [`${MOST_LEVELS} levels`],
    });
  const plain = leafKindOf(element, physical, typeLength, int96);
  return {
    index,
    path,
    physical,
    typeLength,
    maxDef,
    maxRep,
    kind: noted(plain, notes.get(path.reduce(childPath, ''))),
  };
}

function noted(kind: LeafKind, note: ReturnType<ColumnNotes['get']>): LeafKind {
  if (note === undefined) return kind;
  const type = applyNote(kind.type, note);
  const factor =
    type.unit === kind.type.unit || type.dtype !== kind.type.dtype ? undefined : MS_PER_UNIT[type.unit ?? ''];
  const nat = note.nat === true && (type.dtype === 'datetime64' || type.dtype === 'timedelta64');
  return { ...kind, type, ...(factor === undefined ? {} : { factor }), ...(nat ? { nat } : {}) };
}
