import { type ColumnType, childPath } from '@formatlab/core';
import { corrupt } from '../corrupt.js';
import type { Leaf, SchemaNode } from './tree.js';

/**
 * A column as values see it: the groups that only spell lists and maps are gone. `def` is the definition level
 * from which on the value is there.
 */
export type Field =
  | { readonly kind: 'leaf'; readonly leaf: Leaf; readonly nullable: boolean; readonly def: number }
  | {
      readonly kind: 'struct';
      readonly members: readonly { readonly name: string; readonly field: Field }[];
      readonly nullable: boolean;
      readonly def: number;
    }
  | {
      readonly kind: 'list';
      readonly item: Field;
      readonly nullable: boolean;
      readonly def: number;
      readonly repetition: Repetition;
    }
  | {
      readonly kind: 'map';
      readonly key: Field;
      readonly value: Field;
      readonly nullable: boolean;
      readonly def: number;
      readonly repetition: Repetition;
    };

/** Levels of the repeated node: `def` when there is an element, `rep` when another one follows. */
export interface Repetition {
  readonly def: number;
  readonly rep: number;
}

/** The field that a node below the root stands for. @throws FormatError `corrupt` for a group without leaves */
export function fieldOf(node: SchemaNode): Field {
  if (node.element.repetition !== 'REPEATED') return single(node);
  // A repeated node without a list around it: a list that is never null (format, "Backward-compatibility rules").
  return {
    kind: 'list',
    item: elementOf(node),
    nullable: false,
    def: node.maxDef - 1,
    repetition: repetitionOf(node),
  };
}

/** The column type of a field. */
export function typeOfField(field: Field): ColumnType {
  const { nullable } = field;
  switch (field.kind) {
    case 'leaf':
      return { ...field.leaf.kind.type, nullable: nullable && field.leaf.kind.nat !== true };
    case 'struct':
      return {
        kind: 'struct',
        fields: field.members.map(({ name, field: member }) => ({ name, type: typeOfField(member) })),
        nullable,
      };
    case 'list':
      return { kind: 'list', item: typeOfField(field.item), nullable };
    case 'map':
      return { kind: 'map', key: typeOfField(field.key), value: typeOfField(field.value), nullable };
  }
}

/** All leaves of a field, in the order of their chunks. */
export function leavesOf(field: Field): readonly Leaf[] {
  switch (field.kind) {
    case 'leaf':
      return [field.leaf];
    case 'struct':
      return field.members.flatMap((member) => leavesOf(member.field));
    case 'list':
      return leavesOf(field.item);
    case 'map':
      return [...leavesOf(field.key), ...leavesOf(field.value)];
  }
}

/** A leaf's path as a JSON Pointer. */
export function leafPath(leaf: Leaf): string {
  return leaf.path.reduce((path, name) => childPath(path, name), '');
}

function single(node: SchemaNode): Field {
  const nullable = node.element.repetition === 'OPTIONAL';
  const def = node.maxDef;
  if (node.leaf !== undefined) return { kind: 'leaf', leaf: node.leaf, nullable, def };
  if (node.children.length === 0) throw corrupt(`read schema: group '${node.path.join('.')}' has no members`);
  const { converted, logical } = node.element;
  const repeated = node.children[0]!;
  const wraps = node.children.length === 1 && repeated.element.repetition === 'REPEATED';
  if (wraps && (logical?.kind === 'list' || converted === 'LIST')) {
    return { kind: 'list', item: itemOf(repeated, node), nullable, def, repetition: repetitionOf(repeated) };
  }
  if (
    wraps &&
    (logical?.kind === 'map' || converted === 'MAP' || converted === 'MAP_KEY_VALUE') &&
    repeated.leaf === undefined
  ) {
    const [key, value] = repeated.children;
    if (key !== undefined && value !== undefined && repeated.children.length === 2) {
      return {
        kind: 'map',
        key: fieldOf(key),
        value: fieldOf(value),
        nullable,
        def,
        repetition: repetitionOf(repeated),
      };
    }
    // A map without values is the list of its keys.
    if (key !== undefined && repeated.children.length === 1)
      return { kind: 'list', item: fieldOf(key), nullable, def, repetition: repetitionOf(repeated) };
  }
  return { kind: 'struct', members: membersOf(node), nullable, def };
}

/** Rules 1 to 5 of the format's "Backward-compatibility rules" for lists. */
function itemOf(repeated: SchemaNode, list: SchemaNode): Field {
  const only = repeated.children[0];
  const isItem =
    repeated.leaf !== undefined ||
    repeated.children.length !== 1 ||
    only?.element.repetition === 'REPEATED' ||
    repeated.element.name === 'array' ||
    repeated.element.name === `${list.element.name}_tuple`;
  return isItem || only === undefined ? elementOf(repeated) : fieldOf(only);
}

/** What repeats, without its repetition. */
function elementOf(repeated: SchemaNode): Field {
  return single({ ...repeated, element: { ...repeated.element, repetition: 'REQUIRED' } });
}

function membersOf(node: SchemaNode): { name: string; field: Field }[] {
  return node.children.map((child) => ({ name: child.element.name, field: fieldOf(child) }));
}

function repetitionOf(repeated: SchemaNode): Repetition {
  return { def: repeated.maxDef, rep: repeated.maxRep };
}
