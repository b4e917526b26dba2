import {
  type Budget,
  FormatError,
  isNDArray,
  isRecord,
  isTable,
  kindOfValue,
  type NDArray,
  newRecord,
  Pairs,
  type ReadSelection,
  resolveSelection,
  type Span,
  Table,
  Tagged,
  toNested,
  type Value,
  type ValueRecord,
  withAttributes,
} from '@formatlab/core';
import type { ObjectHeader } from '../layout/object-header.js';
import { hasAttributes } from '../layout/object-header.js';
import { OBJECT } from '../library/module.js';
import { MARKER } from '../markers.js';
import { type Attributes, NO_ATTRIBUTES, readAttributes, scalarOf } from './attributes.js';
import { membersOf, parseForms, restoreColumns, textOf } from './columns.js';
import { readArray, readRows } from './dataset.js';
import { type DatasetInfo, datasetInfo } from './dataset-info.js';
import { memberPath, pointerOf, unescapeName } from './paths.js';
import { structuredValue } from './rows.js';
import type { ReadSession } from './session.js';

/** Bytes that a member of a group takes in memory, beside its value. */
const MEMBER_BYTES = 64;

/** Reads objects as values. An object that stands in several places is one value, so that cycles end. */
export class TreeReader {
  readonly #session: ReadSession;
  readonly #budget: Budget;
  readonly #values = new Map<number, Value>();

  constructor(session: ReadSession) {
    this.#session = session;
    this.#budget = session.context.budget;
  }

  /** The value of the whole file. */
  root(): Value {
    return this.value(rootPath(this.#session), 0);
  }

  /** The object at an HDF5 path. @throws FormatError `not-found`, `unsupported` for links that lead nowhere */
  value(path: string, depth: number): Value {
    this.#budget.checkDepth(depth, `group '${pointerOf(path)}'`);
    const kind = this.#session.file.kindOf(path);
    if (kind === OBJECT.missing) throw notFound(path);
    if (kind === OBJECT.softLink || kind === OBJECT.userLink) throw deadLink(this.#session, path);
    const address = this.#session.file.addressOf(path);
    const known = this.#values.get(address);
    if (known !== undefined) return known;
    const header = this.#session.header(address);
    if (kind === OBJECT.dataset) {
      const value = this.dataset(path, header);
      if (typeof value === 'object' && value !== null) this.#values.set(address, value);
      return value;
    }
    if (kind === OBJECT.group) return this.#group(path, header, address, depth);
    throw new FormatError('unsupported', `read '${path}': a named datatype has no value`, {
      path: pointerOf(path),
      feature: 'named datatype',
    });
  }

  /** A dataset, or part of it. @throws FormatError `bad-selection` */
  dataset(path: string, header: ObjectHeader | undefined, selection: ReadSelection = {}): Value {
    const info = datasetInfo(this.#session, path, header);
    const attributes = info.hasAttributes ? readAttributes(this.#session, path) : NO_ATTRIBUTES;
    const marked = attributes.markers[MARKER.type];
    const value = this.#data(info, attributes, selection, marked);
    if (
      (isNDArray(value) || isTable(value)) &&
      (attributes.visible !== undefined || info.type.kind === 'enum')
    ) {
      return withAttributes(value, withEnumeration(info, attributes.visible));
    }
    if (attributes.visible !== undefined && !isNDArray(value) && !isTable(value)) {
      const count = Object.keys(attributes.visible).length;
      this.#session.context.loss({
        path: pointerOf(path),
        kind: 'attributes',
        from: `attributes of a ${kindOfValue(value)}`,
        to: 'nothing',
        count,
      });
    }
    return value;
  }

  #data(
    info: DatasetInfo,
    attributes: Attributes,
    selection: ReadSelection,
    marked: Value | undefined,
  ): Value {
    const pointer = pointerOf(info.path);
    const { slice, columns } = selection;
    if (info.shape === null) {
      if (marked === 'table') return new Table(lengthOf(attributes.markers, Number.POSITIVE_INFINITY), []);
      if (slice !== undefined || columns !== undefined) throw badSelection(pointer, 'it has no elements');
      return info.type.kind === 'opaque' && marked === 'bytes' ? new Uint8Array(0) : null;
    }
    if (info.type.kind === 'compound') return this.#rows(info, attributes, selection);
    if (columns !== undefined) throw badSelection(pointer, 'an array has no columns');
    const spans = slice === undefined ? undefined : resolveSelection(slice, info.shape);
    const array = readArray(this.#session, info, spans);
    if (marked === 'list') this.#budget.takeItems(array.size, `list '${pointer}' of ${array.size} elements`);
    // A part of a list is told as an array: it has dimensions, which a list has not.
    return unmark(array, spans !== undefined && marked === 'list' ? undefined : marked);
  }

  #rows(info: DatasetInfo, attributes: Attributes, { slice, columns }: ReadSelection): Value {
    const pointer = pointerOf(info.path);
    const shape = info.shape!;
    if (shape.length !== 1) {
      if (slice !== undefined || columns !== undefined)
        throw badSelection(pointer, `a structured array of shape [${shape}] is read whole`);
      const table = this.#columns(info, attributes, undefined, undefined);
      return structuredValue(table, shape);
    }
    const [span] = slice === undefined ? [undefined] : resolveSelection(slice, shape);
    return this.#columns(info, attributes, span, columns);
  }

  #columns(
    info: DatasetInfo,
    attributes: Attributes,
    span: Span | undefined,
    columns: readonly string[] | undefined,
  ): Table {
    const forms = parseForms(attributes.markers[MARKER.columns]);
    const spans = span === undefined ? undefined : [{ ...span, drop: false }];
    if (forms === undefined) return readRows(this.#session, info, spans, columns);
    const wanted = columns?.map((name) => {
      const form = forms.find((candidate) => candidate.name === name);
      if (form === undefined)
        throw new FormatError('not-found', `select column '${name}': not in the table`, {
          supported: forms.map((f) => f.name),
        });
      return form;
    });
    const chosen = wanted ?? forms;
    return restoreColumns(
      readRows(this.#session, info, spans, membersOf(chosen)),
      chosen,
      pointerOf(info.path),
    );
  }

  #group(path: string, header: ObjectHeader | undefined, address: number, depth: number): Value {
    const attributes =
      header === undefined || hasAttributes(header) ? readAttributes(this.#session, path) : NO_ATTRIBUTES;
    const { markers, visible } = attributes;
    const names = this.#session.file.names(path);
    this.#budget.takeItems(names.length, `group '${pointerOf(path)}' of ${names.length} members`);
    this.#budget.takeBytes(
      names.length * MEMBER_BYTES,
      `group '${pointerOf(path)}' of ${names.length} members`,
    );
    switch (markers[MARKER.type]) {
      case 'list':
        return this.#list(path, lengthOf(markers, names.length), address, depth);
      case 'pairs': {
        const flat = this.#list(path, lengthOf(markers, names.length), address, depth);
        this.#values.delete(address);
        return new Pairs(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i]!, flat[2 * i + 1]!]));
      }
      case 'tagged':
        return this.#tagged(path, names, markers, depth);
    }
    const record = newRecord();
    if (visible !== undefined) withAttributes(record, visible);
    this.#values.set(address, record);
    const escaped = MARKER.escapedNames in markers;
    for (const name of names) {
      const member = this.#member(memberPath(path, name), depth + 1);
      if (member !== undefined) record[escaped ? unescapeName(name) : name] = member;
    }
    return record;
  }

  #list(path: string, length: number, address: number, depth: number): Value[] {
    const list: Value[] = [];
    this.#values.set(address, list);
    for (let i = 0; i < length; i++) list.push(this.value(memberPath(path, String(i)), depth + 1));
    return list;
  }

  #tagged(path: string, names: readonly string[], markers: ValueRecord, depth: number): Value {
    const tag = markers[MARKER.tag];
    const part = (name: string): Value | undefined =>
      names.includes(name) ? this.value(memberPath(path, name), depth + 1) : undefined;
    const attributes = part('attributes');
    return new Tagged(
      typeof tag === 'string' ? tag : '',
      part('value') ?? null,
      isRecord(attributes) ? attributes : undefined,
    );
  }

  /** A member of a group: links that lead nowhere are told as what they are. Undefined: left out, with a loss. */
  #member(path: string, depth: number): Value | undefined {
    const { file, context } = this.#session;
    const kind = file.kindOf(path);
    if (kind === OBJECT.softLink) return new Tagged('soft-link', file.softLink(path));
    if (kind === OBJECT.userLink) {
      const link = file.externalLink(path);
      if (link !== undefined) return new Tagged('external-link', null, { file: link.file, path: link.path });
    }
    if (kind === OBJECT.group || kind === OBJECT.dataset) return this.value(path, depth);
    const from = kind === OBJECT.datatype ? 'a named datatype' : 'a link of an unknown kind';
    context.loss({ path: pointerOf(path), kind: 'dropped', from, to: 'nothing' });
    return undefined;
  }
}

/** HDF5's path of the value: the root group, or the one member that stands for it. */
export function rootPath(session: ReadSession): string {
  const address = session.file.addressOf('/');
  const header = session.header(address);
  if (header !== undefined && !hasAttributes(header)) return '/';
  const name = readAttributes(session, '/').markers[MARKER.root];
  return typeof name === 'string' && name !== '' ? `/${name}` : '/';
}

export function notFound(path: string): FormatError {
  return new FormatError('not-found', `read '${pointerOf(path)}': no entry of this name`, {
    path: pointerOf(path),
  });
}

/** A link whose target cannot be reached. */
export function deadLink(session: ReadSession, path: string): FormatError {
  const pointer = pointerOf(path);
  const target = session.file.softLink(path);
  if (target !== null)
    return new FormatError('not-found', `read '${pointer}': a soft link to '${target}', which is not there`, {
      path: pointer,
    });
  const link = session.file.externalLink(path);
  const feature = link === undefined ? 'user-defined link' : 'external link';
  const to = link === undefined ? '' : ` to '${link.path}' of '${link.file}'`;
  return new FormatError('unsupported', `read '${pointer}': ${feature}${to}, which is never followed`, {
    path: pointer,
    feature,
  });
}

function badSelection(path: string, state: string): FormatError {
  return new FormatError('bad-selection', `select part of '${path}': ${state}`, { path });
}

function withEnumeration(info: DatasetInfo, visible: ValueRecord | undefined): ValueRecord {
  if (info.type.kind !== 'enum') return visible ?? newRecord();
  const members = newRecord();
  // Values beyond 2^53 are kept as text: JSON has no number for them.
  for (const [name, value] of info.type.members)
    members[name] = Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  const all = Object.assign(newRecord(), visible);
  all[MARKER.enumeration] = JSON.stringify(members);
  return all;
}

/** An array that stands for something else: a list, a date, bytes, text with a NUL. */
function unmark(array: NDArray, marked: Value | undefined): Value {
  switch (marked) {
    case 'list':
      return array.shape.length === 0 ? scalarOf(array) : toNested(array);
    case 'bytes':
      return array.dtype === 'bytes' && array.shape.length === 0 ? (array.data[0] as Uint8Array) : array;
    case 'date':
      return array.dtype === 'datetime64' && array.shape.length === 0
        ? dateOf(array.data[0] as bigint)
        : array;
    case 'text':
      return scalarOf(textOf(array));
    default:
      return scalarOf(array);
  }
}

function dateOf(ticks: bigint): Date {
  return new Date(ticks === -(2n ** 63n) ? Number.NaN : Number(ticks));
}

/** How many items a marker tells of; `most` where it tells nothing sensible. */
function lengthOf(markers: ValueRecord, most: number): number {
  const length = markers[MARKER.length];
  const count = isNDArray(length) ? Number(length.data[0]) : Number(length);
  if (Number.isInteger(count) && count >= 0 && count <= most) return count;
  return Number.isFinite(most) ? most : 0;
}
