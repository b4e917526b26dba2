import { dataView, type FileView, readAddress } from '../layout/file-view.js';
import { MESSAGE, messageOf, type ObjectHeader, readObjectHeader } from '../layout/object-header.js';
import type { Superblock } from '../layout/superblock.js';
import { OBJECT } from '../library/module.js';
import type { ObjectFile } from '../read/object-file.js';
import { memberPath } from '../read/paths.js';
import type { ElementType } from '../types/element-type.js';
import { damaged, FieldReader } from './field-reader.js';
import { findLink } from './find-link.js';
import { GlobalHeap } from './global-heap.js';
import { linksOf, type StoredLink } from './links.js';
import { attributesOfHeader, type StoredAttribute } from './stored-attributes.js';
import { Structures } from './structures.js';

/** Soft links that lead to soft links; the library follows as many. */
const MOST_LINKS = 16;
/** Most object headers of datasets fit. */
const HEADER_AHEAD = 512;
const MOST_REFERENCED = 1_000_000;

type Found = StoredLink | { readonly kind: 'missing' };

/** The objects of a file, read by this package. */
export class NativeFile implements ObjectFile {
  readonly structures: Structures;
  readonly heap: GlobalHeap;
  readonly #root: number;
  readonly #headers = new Map<number, ObjectHeader>();
  readonly #groups = new Map<number, Map<string, StoredLink>>();
  /** Of groups that were not listed: the link that was found last. */
  readonly #found = new Map<number, Map<string, StoredLink>>();
  readonly #sharedType: (body: Uint8Array) => ElementType | undefined;
  #paths: Map<number, string> | undefined;

  /** @throws FormatError `corrupt` */
  constructor(
    view: FileView,
    superblock: Superblock,
    sharedType: (body: Uint8Array, headerAt: (address: number) => ObjectHeader) => ElementType | undefined,
  ) {
    this.structures = new Structures(view, superblock.base);
    this.heap = new GlobalHeap(this.structures);
    this.#sharedType = (body) => sharedType(body, (address) => this.header(address));
    this.#root = rootAddress(view, superblock);
    this.header(this.#root);
  }

  /** @throws FormatError `corrupt` */
  header(address: number): ObjectHeader {
    let header = this.#headers.get(address);
    if (header === undefined) {
      const { view, base } = this.structures;
      header = readObjectHeader(view, base, base + address);
      if (header === undefined) throw damaged('read HDF5 file: an object header is damaged', base + address);
      this.#headers.set(address, header);
    }
    return header;
  }

  names(path: string): string[] {
    return [...this.#links(this.addressOf(path)).keys()];
  }

  /** What the links of a group lead to, by stored name: nothing behind them is read. */
  targets(path: string): ReadonlyMap<string, StoredLink> {
    return this.#links(this.addressOf(path));
  }

  /** The link of one stored name in a group, not followed; the others are not read. */
  member(path: string, name: string): StoredLink | undefined {
    return this.#link(this.addressOf(path), name);
  }

  kindOf(path: string): number {
    const found = this.#follow(path, 0);
    switch (found.kind) {
      case 'hard':
        return this.#kindAt(found.address);
      case 'missing':
        return this.#linkAt(path)?.kind === 'soft' ? OBJECT.softLink : OBJECT.missing;
      case 'soft':
        return OBJECT.softLink;
      default:
        return this.#linkAt(path)?.kind === 'soft' ? OBJECT.softLink : OBJECT.userLink;
    }
  }

  softLink(path: string): string | null {
    const link = this.#linkAt(path);
    return link?.kind === 'soft' ? link.to : null;
  }

  externalLink(path: string): { readonly file: string; readonly path: string } | undefined {
    const link = this.#linkAt(path);
    return link?.kind === 'external' ? { file: link.file, path: link.to } : undefined;
  }

  addressOf(path: string): number {
    const found = this.#follow(path, 0);
    if (found.kind !== 'hard') throw damaged(`find '${path}': it leads to no object`);
    return found.address;
  }

  attributes(path: string): Iterable<StoredAttribute> {
    return attributesOfHeader(this.structures, this.header(this.addressOf(path)), this.#sharedType);
  }

  referencedPath(reference: Uint8Array, isObject: boolean): string | null {
    const fields = new FieldReader(reference, 0);
    const place = fields.address();
    if (place === undefined) return null;
    const address = isObject ? place : new FieldReader(this.heap.object(place, fields.u32()), 0).address();
    this.#paths ??= this.#pathsByAddress();
    return address === undefined ? null : (this.#paths.get(address) ?? null);
  }

  /** Over a network: fetches the headers of a group's members at once. */
  membersAhead(path: string): void {
    const links = [...this.#links(this.addressOf(path)).values()];
    this.structures.ahead(
      links.map((link) => (link.kind === 'hard' ? link.address : undefined)),
      HEADER_AHEAD,
    );
  }

  close(): void {
    this.#headers.clear();
    this.#groups.clear();
    this.#found.clear();
  }

  #kindAt(address: number): number {
    const header = this.header(address);
    if (messageOf(header, MESSAGE.layout) !== undefined) return OBJECT.dataset;
    if (
      messageOf(header, MESSAGE.symbolTable) !== undefined ||
      messageOf(header, MESSAGE.linkInfo) !== undefined ||
      messageOf(header, MESSAGE.link) !== undefined
    )
      return OBJECT.group;
    if (messageOf(header, MESSAGE.datatype) !== undefined) return OBJECT.datatype;
    throw damaged('read HDF5 file: an object of no known kind', this.structures.base + address);
  }

  #links(address: number): Map<string, StoredLink> {
    let links = this.#groups.get(address);
    if (links === undefined) {
      links = linksOf(this.structures, this.header(address));
      this.#groups.set(address, links);
    }
    return links;
  }

  #link(address: number, name: string): StoredLink | undefined {
    const known = this.#groups.get(address) ?? this.#found.get(address);
    const listed = this.#groups.has(address) || known?.has(name) === true;
    if (listed) return known!.get(name);
    const link = findLink(this.structures, this.header(address), name);
    // Most questions are about the name that was asked for last.
    if (link !== undefined) this.#found.set(address, new Map([[name, link]]));
    return link;
  }

  /** The link of a path's last name, not followed. */
  #linkAt(path: string): StoredLink | undefined {
    const cut = path.lastIndexOf('/');
    const above = this.#follow(path.slice(0, cut), 0);
    if (above.kind !== 'hard' || this.#kindAt(above.address) !== OBJECT.group) return undefined;
    return this.#link(above.address, path.slice(cut + 1));
  }

  /** What stands at a path, soft links followed. */
  #follow(path: string, depth: number): Found {
    let found: Found = { kind: 'hard', address: this.#root };
    let at = '';
    for (const name of path.split('/')) {
      if (name === '' || name === '.') continue;
      if (found.kind !== 'hard') return found;
      if (this.#kindAt(found.address) !== OBJECT.group) return { kind: 'missing' };
      const link = this.#link(found.address, name);
      if (link === undefined) return { kind: 'missing' };
      if (link.kind === 'soft') {
        if (depth >= MOST_LINKS) return { kind: 'missing' };
        found = this.#follow(link.to.startsWith('/') ? link.to : `${at}/${link.to}`, depth + 1);
      } else found = link;
      at = `${at}/${name}`;
    }
    return found;
  }

  #pathsByAddress(): Map<number, string> {
    const paths = new Map<number, string>([[this.#root, '/']]);
    for (const [address, path] of paths) {
      if (paths.size > MOST_REFERENCED) break;
      if (this.#kindAt(address) !== OBJECT.group) continue;
      for (const [name, link] of this.#links(address)) {
        if (link.kind === 'hard' && !paths.has(link.address)) paths.set(link.address, memberPath(path, name));
      }
    }
    return paths;
  }
}

/** Address of the root group's header (spec II.A): in versions 0 and 1 it stands in a symbol table entry. */
function rootAddress(view: FileView, { at, version, endAt }: Superblock): number {
  const place = version >= 2 ? at + 36 : endAt + 24;
  const bytes = view.bytes(place, 8);
  const address = bytes === undefined ? undefined : readAddress(dataView(bytes), 0);
  if (address === undefined) throw damaged('read HDF5 file: no root group', place);
  return address;
}
