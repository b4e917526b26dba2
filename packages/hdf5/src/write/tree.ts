import {
  attributesOf,
  childPath,
  FormatError,
  fromNested,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  type NDArray,
  newRecord,
  type Pairs,
  type Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { MESSAGE } from '../layout/object-header.js';
import { MARKER } from '../markers.js';
import { checkText, escapeName, mustEscape } from '../read/paths.js';
import { attributeMessages, datasetMessages, isDataset, type WriteSettings } from './dataset.js';
import { writeDenseLinks } from './dense-links.js';
import { LARGEST_IN_HEAP } from './fractal-heap.js';
import {
  DATA_ADDRESS_FROM_END,
  DENSE_PLACE_FROM_END,
  groupInfo,
  HARD_ADDRESS_FROM_END,
  type LinkTarget,
  link,
  linkInfo,
  type Message,
  MOST_COMPACT_LINKS,
  referenceCount,
} from './messages.js';
import { buildHeader, sealHeader } from './object-header.js';

/** What a member of a group leads to: a value to be written, or a link. */
export type Member = { readonly value: Value } | { readonly target: LinkTarget };

/** Writes values as objects: one that stands in several places is written once, and may contain itself. */
export class TreeWriter {
  readonly #settings: WriteSettings;
  readonly #addresses = new Map<object, number>();
  /** Of every object that was written, by JSON Pointer. */
  readonly #places = new Map<string, number>();
  readonly #uses = new Map<object, number>();
  readonly #depth: number;

  constructor(settings: WriteSettings, maxDepth: number) {
    this.#settings = settings;
    this.#depth = maxDepth;
  }

  /** Writes the object; gives the address of its header. */
  async write(value: Value, path: string): Promise<number> {
    this.#count(value, 0);
    return this.#object(value, path);
  }

  /** Writes a group of links that are there already and values that are not. */
  async writeGroup(
    members: ReadonlyMap<string, Member>,
    attributes: readonly Message[],
    path: string,
    value?: ValueRecord,
  ): Promise<number> {
    if (value !== undefined) this.#uses.set(value, 1);
    for (const member of members.values()) if ('value' in member) this.#count(member.value, 0);
    return this.#group(members, attributes, path, value);
  }

  /** Writes what values of a group's members stand for, and gives what each name leads to. */
  async writeMembers(members: ReadonlyMap<string, Member>, path: string): Promise<Map<string, LinkTarget>> {
    for (const member of members.values()) if ('value' in member) this.#count(member.value, 0);
    const targets = new Map<string, LinkTarget>();
    for (const [name, member] of members) {
      if ('target' in member) targets.set(name, member.target);
      else
        targets.set(name, {
          kind: 'hard',
          address: await this.#object(member.value, childPath(path, name)),
        });
    }
    return targets;
  }

  /** Address of the object that was written at a pointer. */
  addressOf(pointer: string): number | undefined {
    return this.#places.get(pointer);
  }

  async #object(value: Value, path: string): Promise<number> {
    const address = await this.#written(value, path);
    this.#places.set(path, address);
    return address;
  }

  async #written(value: Value, path: string): Promise<number> {
    if (typeof value === 'object' && value !== null) {
      const known = this.#addresses.get(value);
      if (known !== undefined) return known;
    }
    if (isDataset(value)) {
      const address = await this.#dataset(value, this.#references(value), path);
      if (typeof value === 'object' && value !== null) this.#addresses.set(value, address);
      return address;
    }
    if (Array.isArray(value)) return this.#list(value, path);
    if (isTagged(value)) return this.#tagged(value, path);
    if (isPairs(value)) return this.#pairs(value, path);
    if (isRecord(value)) return this.#record(value, path);
    throw new FormatError(
      'unsupported',
      `write ${kindOfValue(value)} '${path}' as hdf5: it is not a value of this model`,
      { format: 'hdf5', path },
    );
  }

  /** The header at once; data that are kept for later are told to it when they have their place. */
  async #dataset(value: Value, more: readonly Message[], path: string): Promise<number> {
    const made = datasetMessages(value, this.#settings, path);
    const { messages, later } = made instanceof Promise ? await made : made;
    const header = buildHeader([...messages, ...more]);
    const { writer } = this.#settings;
    if (later === undefined) sealHeader(header);
    else {
      const end = header.ends[messages.findIndex(({ type }) => type === MESSAGE.layout)]!;
      writer.later(later, (address) => {
        patchAddress(header.bytes, end - DATA_ADDRESS_FROM_END, address);
        sealHeader(header);
      });
    }
    return writer.add(header.bytes);
  }

  #record(record: ValueRecord, path: string): Promise<number> {
    return this.#group(membersOf(record), this.#attributes(attributesOf(record) ?? {}, path), path, record);
  }

  /** Like scalars are one dataset that is marked as a list; anything else is a group of numbered members. */
  async #list(list: readonly Value[], path: string): Promise<number> {
    const array = arrayOfList(list, path);
    if (array !== undefined) {
      const marks = [...this.#marker({ [MARKER.type]: 'list' }, path), ...this.#references(list)];
      const address = await this.#dataset(array, marks, path);
      this.#addresses.set(list, address);
      return address;
    }
    const markers = { [MARKER.type]: 'list', [MARKER.length]: list.length };
    return this.#group(numbered(list), this.#marker(markers, path), path, list);
  }

  #pairs(pairs: Pairs, path: string): Promise<number> {
    const flat = pairs.entries.flat();
    return this.#group(
      numbered(flat),
      this.#marker({ [MARKER.type]: 'pairs', [MARKER.length]: flat.length }, path),
      path,
      pairs,
    );
  }

  #tagged(tagged: Tagged, path: string): Promise<number> {
    const members = new Map<string, Member>([['value', { value: tagged.value }]]);
    if (tagged.attributes !== undefined) members.set('attributes', { value: tagged.attributes });
    return this.#group(
      members,
      this.#marker({ [MARKER.type]: 'tagged', [MARKER.tag]: tagged.tag }, path),
      path,
      tagged,
    );
  }

  /** The header is placed before the members are written, so that a member may lead back to it. */
  async #group(
    members: ReadonlyMap<string, Member>,
    attributes: readonly Message[],
    path: string,
    value: object | undefined,
  ): Promise<number> {
    const escaped = [...members.keys()].some(mustEscape);
    const links = [...members].map(([name, member], order) => {
      checkText(name, 'write name', path);
      const stored = escaped ? escapeName(name) : name;
      const message = link(stored, order, 'target' in member ? member.target : { kind: 'hard', address: 0 });
      return { name: stored, ...message };
    });
    const marks = escaped ? this.#marker({ [MARKER.escapedNames]: true }, path) : [];
    const rest = [
      linkInfo(links.length),
      groupInfo(),
      ...attributes,
      ...marks,
      ...(value === undefined ? [] : this.#references(value)),
    ];
    const dense = links.length > MOST_COMPACT_LINKS && links.every(fitsHeap);
    const header = buildHeader(dense ? rest : [...links, ...rest]);
    const address = this.#settings.writer.add(header.bytes);
    this.#places.set(path, address);
    if (value !== undefined) this.#addresses.set(value, address);
    let index = 0;
    for (const [name, member] of members) {
      if ('value' in member) {
        const target = await this.#object(member.value, childPath(path, name));
        if (dense)
          patchAddress(links[index]!.body, links[index]!.body.byteLength - HARD_ADDRESS_FROM_END, target);
        else patchAddress(header.bytes, header.ends[index]! - HARD_ADDRESS_FROM_END, target);
      }
      index++;
    }
    if (dense) {
      const place = writeDenseLinks(this.#settings.writer, links);
      const at = header.ends[0]! - DENSE_PLACE_FROM_END;
      patchAddress(header.bytes, at, place.heap);
      patchAddress(header.bytes, at + 8, place.names);
    }
    sealHeader(header);
    return address;
  }

  #attributes(attributes: ValueRecord, path: string): Message[] {
    return attributeMessages(attributes, this.#settings, path);
  }

  #marker(markers: ValueRecord, path: string): Message[] {
    return attributeMessages(markers, this.#settings, path);
  }

  #references(value: Value | object): Message[] {
    const uses = typeof value === 'object' && value !== null ? (this.#uses.get(value) ?? 1) : 1;
    return uses > 1 ? [referenceCount(uses)] : [];
  }

  /** Counts how often each object is linked to, before its header is written. */
  #count(value: Value, depth: number): void {
    if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
      return;
    const uses = this.#uses.get(value) ?? 0;
    this.#uses.set(value, uses + 1);
    if (uses > 0 || isNDArray(value) || isTable(value)) return;
    if (depth >= this.#depth)
      throw new FormatError(
        'limit',
        `write hdf5: nested deeper than ${this.#depth} levels; set 'budget.depth' to allow more`,
        { format: 'hdf5' },
      );
    for (const child of childrenOf(value)) this.#count(child, depth + 1);
  }
}

/** The members of a record, links among them. */
export function membersOf(record: ValueRecord): Map<string, Member> {
  return new Map(
    Object.entries(record).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, memberOf(value)] as const],
    ),
  );
}

function memberOf(value: Value): Member {
  if (!isTagged(value)) return { value };
  if (value.tag === 'soft-link' && typeof value.value === 'string')
    return { target: { kind: 'soft', to: value.value } };
  const { file, path } = value.attributes ?? {};
  if (value.tag === 'external-link' && typeof file === 'string' && typeof path === 'string')
    return { target: { kind: 'external', file, to: path } };
  return { value };
}

function numbered(values: readonly Value[]): Map<string, Member> {
  return new Map(values.map((value, i) => [String(i), { value }]));
}

function childrenOf(value: object): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (isTagged(value))
    return value.attributes === undefined ? [value.value] : [value.value, value.attributes];
  if (isPairs(value)) return value.entries.flat();
  return isRecord(value) ? Object.values(value) : [];
}

const LIST_SCALARS = new Set(['number', 'boolean', 'string']);

/** The array of a list of like scalars; undefined where the list has to be a group. */
function arrayOfList(list: readonly Value[], path: string): NDArray | undefined {
  const kind = typeof list[0];
  if (list.length === 0 || !LIST_SCALARS.has(kind) || list.some((item) => typeof item !== kind))
    return undefined;
  // C strings end at a NUL: such text is stored one by one.
  if (kind === 'string' && list.some((item) => (item as string).includes('\0'))) return undefined;
  return fromNested(list, path);
}

function fitsHeap({ body }: Message): boolean {
  return body.byteLength <= LARGEST_IN_HEAP;
}

function patchAddress(bytes: Uint8Array, at: number, address: number): void {
  new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(at, BigInt(address), true);
}

/** A root that is one value stands under this name. */
export const ROOT_MEMBER = 'data';

/** The value as the members of the root group, and the markers of the group. */
export function rootMembers(value: Value): {
  readonly members: ReadonlyMap<string, Member>;
  readonly markers: ValueRecord;
  readonly attributes: ValueRecord;
} {
  if (isRecord(value))
    return {
      members: membersOf(value),
      markers: newRecord(),
      attributes: attributesOf(value) ?? newRecord(),
    };
  return {
    members: new Map([[ROOT_MEMBER, { value }]]),
    markers: { [MARKER.root]: ROOT_MEMBER },
    attributes: newRecord(),
  };
}
