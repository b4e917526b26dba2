import {
  type Context,
  childPath,
  type Entry,
  entriesOf,
  FormatError,
  isTable,
  joinPath,
  type Reader,
  type ReadSelection,
  type Source,
  selectFrom,
  splitPath,
  type Value,
  valueAt,
} from '@formatlab/core';
import { checkStart, decode, reportRest, valueOf } from './decode.js';
import { type Node, PyDict, PyList, PyObject } from './machine/nodes.js';
import type { PickleOptions } from './options.js';
import { PickleFile, Skeleton } from './scan/pickle-file.js';
import { selected } from './select-part.js';
import { dtypeOf } from './values/elements.js';
import { MARK, rowsOfForm } from './values/forms.js';
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
  #reported = false;

  constructor(source: Source, context: Context<PickleOptions>) {
    this.#source = source;
    this.#context = context;
    this.#file = new PickleFile(source, context);
    this.#stream = context.options.stream === true;
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
    if (names.length === 0 && (this.#stream || (slice === undefined && columns === undefined)))
      return selectFrom(this.#whole(context), path, selection);
    const [first, ...inner] = names;
    const root = this.#stream ? this.#numbered(first!, path) : this.#root();
    const found = nodeAt(root, this.#stream ? inner : names, path);
    if (found.rest.length === 0) return selected(found.node, path, selection, context);
    return selectFrom(valueAt(valueOf(found.node, context), joinPath(found.rest), path), path, selection);
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  #root(): Node {
    const skeleton = this.#skeleton(0);
    const { root, end } = skeleton;
    if (!this.#reported) reportRest(end, this.#file.size, this.#context);
    this.#reported = true;
    return root;
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
    const part = /^(0|[1-9]\d*)$/.test(name) ? this.#part(Number(name)) : undefined;
    if (part === undefined)
      throw notFound(
        path,
        this.#parts.slice(0, 20).map((_, i) => `/${i}`),
      );
    return this.#skeleton(part.at).root;
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

/** A dict that is a record: its keys are strings, and it is none of our forms. */
export function isGroup(node: Node): node is PyDict {
  if (!(node instanceof PyDict) || node.pairs[0] === MARK) return false;
  for (let i = 0; i < node.pairs.length; i += 2) if (typeof node.pairs[i] !== 'string') return false;
  return true;
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
