import {
  type Context,
  childPath,
  damagedIndex,
  type Entry,
  entriesOf,
  FormatError,
  isTable,
  joinPath,
  markBefore,
  type PlaceMarks,
  type Reader,
  type ReadSelection,
  resolveSelection,
  type Source,
  selectFrom,
  splitPath,
  type Value,
  valueAt,
} from '@formatlab/core';
import { checkStart, decode, reportRest, valueOf } from './decode.js';
import { type Node, PyDict, PyList, PyObject } from './machine/nodes.js';
import type { PickleOptions } from './options.js';
import { knownOfIndex } from './pickle-index.js';
import { ItemReader } from './scan/item-reader.js';
import { PickleFile, Skeleton } from './scan/pickle-file.js';
import { selected } from './select-part.js';
import { dtypeOf } from './values/elements.js';
import { isGroup, rowsOfForm } from './values/forms.js';
import { member } from './values/known.js';
import { rowsOfStored, type StoredArray, storedArrayOf } from './values/stored-array.js';

/** What an entry in the list takes, for the budget: shared parts stand in it once for every path to them. */
const ENTRY_BYTES = 64;

/**
 * The opcodes are run once, and long bytes are left in the file: entries of dicts are listed by the objects that are
 * made of them, and data are read of those alone that are asked for. Needs `readSync`.
 */
export function open(source: Source, context: Context<PickleOptions>): Reader {
  checkStart(source.readSync!([{ at: 0, length: Math.min(1, source.size) }])[0]!);
  return new PickleReader(source, context);
}

/** A pickle of a stream. */
interface Part {
  readonly at: number;
  readonly end: number;
}

class PickleReader implements Reader {
  readonly #source: Source;
  readonly #context: Context<PickleOptions>;
  readonly #file: PickleFile;
  readonly #stream: boolean;
  /** Pickles found so far. */
  readonly #parts: Part[] = [];
  /** The pickle that was looked at last. */
  #last: { readonly at: number; readonly skeleton: Skeleton } | undefined;
  /** What an index says of a dict, or of a stream. */
  readonly #items: ItemReader | undefined;
  readonly #marks: PlaceMarks | undefined;
  #reported = false;

  constructor(source: Source, context: Context<PickleOptions>) {
    this.#source = source;
    this.#context = context;
    this.#file = new PickleFile(source, context);
    this.#stream = context.options.stream === true;
    if (context.index === undefined) return;
    const { items, marks } = knownOfIndex(context.index, source.size, this.#stream);
    if (marks !== undefined && marks.end !== source.size)
      throw damagedIndex('its pickles are not those of the file');
    this.#items = items === undefined ? undefined : new ItemReader(this.#file, items, context);
    this.#marks = marks;
  }

  entries(): readonly Entry[] {
    const context = this.#file.call();
    const entries: Entry[] = [];
    if (!this.#stream) this.#list(this.#root(), '', context, entries, new Set());
    else
      for (let i = 0; this.#part(i) !== undefined; i++)
        this.#list(
          this.#skeleton(this.#parts[i]!.at).root,
          childPath('', `${i}`),
          context,
          entries,
          new Set(),
        );
    return entries;
  }

  read(path: string, selection: ReadSelection = {}): Value {
    const context = this.#file.call();
    const names = splitPath(path);
    const { slice, columns } = selection;
    if (names.length === 0 && this.#marks !== undefined && slice !== undefined && columns === undefined)
      return this.#some(this.#marks, slice, context);
    if (names.length === 0 && (this.#stream || (slice === undefined && columns === undefined)))
      return selectFrom(this.#whole(context), path, selection);
    const [first, ...inner] = names;
    const item = this.#stream ? this.#numbered(first!, path) : this.#item(first, path);
    const found = item === undefined ? nodeAt(this.#root(), names, path) : nodeAt(item, inner, path);
    if (found.rest.length === 0) return selected(found.node, path, selection, context);
    return selectFrom(valueAt(valueOf(found.node, context), joinPath(found.rest), path), path, selection);
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  #root(): Node {
    const skeleton = this.#skeleton(0);
    const { root, end } = skeleton;
    this.#report(end);
    return root;
  }

  #report(end: number): void {
    if (!this.#reported) reportRest(end, this.#file.size, this.#context);
    this.#reported = true;
  }

  /** An entry of the dict, by the index; undefined where the whole has to be run for it. */
  #item(name: string | undefined, path: string): Node | undefined {
    const items = this.#items;
    if (name === undefined || items === undefined) return undefined;
    if (!items.has(name)) throw notFound(path, items.names.slice(0, 20));
    const value = items.value(name);
    if (value !== undefined) this.#report(items.end);
    return value;
  }

  #skeleton(at: number): Skeleton {
    if (this.#last?.at !== at) this.#last = { at, skeleton: new Skeleton(this.#file, at, this.#context) };
    return this.#last.skeleton;
  }

  /** Pickle `index` of a stream; undefined where there are fewer. */
  #part(index: number): Part | undefined {
    while (this.#parts.length <= index) {
      const at = this.#parts.at(-1)?.end ?? 0;
      if (at >= this.#file.size) return undefined;
      this.#parts.push({ at, end: this.#skeleton(at).end });
    }
    return this.#parts[index];
  }

  #numbered(name: string, path: string): Node {
    const number = /^(0|[1-9]\d*)$/.test(name) ? Number(name) : Number.NaN;
    const marks = this.#marks;
    const at = marks === undefined ? this.#part(number)?.at : this.#marked(marks, number);
    if (at === undefined) {
      const count = Math.min(20, marks?.count ?? this.#parts.length);
      throw notFound(
        path,
        Array.from({ length: count }, (_, i) => `/${i}`),
      );
    }
    return this.#skeleton(at).root;
  }

  /** Where a pickle begins: from the mark before it on. */
  #marked(marks: PlaceMarks, number: number): number | undefined {
    if (!(number < marks.count)) return undefined;
    const mark = markBefore(marks, number);
    let { at } = mark;
    for (let i = mark.number; i < number; i++) at = this.#next(at);
    return at;
  }

  #next(at: number): number {
    const { end } = this.#skeleton(at);
    if (end >= this.#file.size) throw damagedIndex('the file has fewer pickles than it says');
    return end;
  }

  /** Pickles of a stream, by the index. */
  #some(marks: PlaceMarks, slice: ReadSelection['slice'], context: Context<PickleOptions>): Value {
    const { start, count, step, drop } = resolveSelection(slice, [marks.count])[0]!;
    const values: Value[] = [];
    let at = count === 0 ? 0 : this.#marked(marks, start)!;
    for (let i = 0; values.length < count; i++) {
      if (i > 0) at = this.#next(at);
      if (i % step === 0) values.push(valueOf(this.#skeleton(at).root, context));
    }
    return drop ? values[0]! : values;
  }

  #whole(context: Context<PickleOptions>): Value {
    this.#reported = true;
    return decode(this.#file.read(0, this.#file.size), context);
  }

  #list(node: Node, path: string, context: Context<PickleOptions>, entries: Entry[], open: Set<Node>): void {
    context.budget.takeItems(1, 'the list of entries');
    context.budget.takeBytes(ENTRY_BYTES, 'the list of entries');
    context.budget.checkDepth(open.size, `'${path}'`);
    const array = storedArrayOf(node);
    const described = array === undefined ? undefined : entryOfArray(array, path);
    if (described !== undefined) entries.push(described);
    else if (open.has(node)) entries.push({ path, kind: 'tree' });
    else if (isGroup(node)) {
      if (path !== '') entries.push({ path, kind: 'group' });
      open.add(node);
      for (const [name, item] of membersOf(node))
        this.#list(item, childPath(path, name), context, entries, open);
      open.delete(node);
    } else if (node instanceof PyDict || node instanceof PyObject)
      for (const entry of describedBy(node, array, path, context)) entries.push(entry);
    else entries.push({ path, kind: 'tree' });
  }
}

/** Of a key that stands twice the last value counts, in the place of the first. */
function membersOf(dict: PyDict): ReadonlyMap<string, Node> {
  const members = new Map<string, Node>();
  // The keys of a group are strings.
  for (let i = 0; i < dict.pairs.length; i += 2) members.set(dict.pairs[i] as string, dict.pairs[i + 1]!);
  return members;
}

function entryOfArray(array: StoredArray, path: string): Entry | undefined {
  const { element, shape, data } = array;
  if (element.kind === 'struct' || element.kind === 'sub') return undefined;
  // Those two are refused by `storedArrayOf`.
  if (element.kind === 'object' || element.kind === 'text') return undefined;
  const unit = element.kind === 'fixed' && element.unit !== undefined ? { unit: element.unit } : {};
  return { path, kind: 'array', dtype: dtypeOf(element), shape, ...unit, storedBytes: data.length };
}

/** What the kind of a table, a form or an object is: by the value, of tables without rows. */
function* describedBy(
  node: PyDict | PyObject,
  array: StoredArray | undefined,
  path: string,
  context: Context<PickleOptions>,
): Generator<Entry> {
  const rows =
    array?.shape.length === 1 ? array.shape[0] : node instanceof PyDict ? member(node, 'rows') : undefined;
  const empty =
    array?.shape.length === 1
      ? rowsOfStored(array, 0, 0)
      : node instanceof PyDict
        ? rowsOfForm(node, 0, 0, undefined)
        : undefined;
  const table = empty === undefined ? undefined : valueOf(empty, context);
  if (isTable(table) && typeof rows === 'number')
    yield { path, kind: 'table', rows, columns: table.columns.map(({ name, type }) => ({ name, type })) };
  else yield* entriesOf(valueOf(node, context), path);
}

/** Follows names through dicts and lists, as far as they go. @throws FormatError `not-found` */
function nodeAt(
  root: Node,
  names: readonly string[],
  path: string,
): { readonly node: Node; readonly rest: readonly string[] } {
  let node = root;
  for (const [level, name] of names.entries()) {
    if (node instanceof PyList) {
      const item = /^(0|[1-9]\d*)$/.test(name) ? node.items[Number(name)] : undefined;
      if (item === undefined) throw notFound(path, undefined);
      node = item;
    } else if (isGroup(node)) {
      const members = membersOf(node);
      const item = members.get(name);
      if (item === undefined) throw notFound(path, [...members.keys()].slice(0, 20));
      node = item;
    } else return { node, rest: names.slice(level) };
  }
  return { node, rest: [] };
}

function notFound(path: string, names: readonly string[] | undefined): FormatError {
  return new FormatError('not-found', `read '${path}': no entry of this name`, {
    format: 'pickle',
    path,
    ...(names === undefined ? {} : { supported: names }),
  });
}
