import { type Column, NDArray, scalarType, sliceArray, Table, type Value } from '@formatlab/core';
import { type Node, PyDict, PyGlobal, PyList, PyObject, PyTuple } from '../machine/nodes.js';
import { arrowText } from './arrow-text.js';
import type { Converter } from './convert.js';
import { zoneName } from './datetime.js';
import { type Handler, member, nameOf, type Parts } from './known.js';
import { arrayOfNode } from './numpy.js';

/** Data frames and series of pandas 0.14 to 3: a table where all columns can be columns, else an object by name. */
export const PANDAS: readonly [string, Handler][] = [
  ['pandas.core.frame.DataFrame', frame],
  ['pandas.DataFrame', frame],
  ['pandas.core.series.Series', series],
  ['pandas.Series', series],
];

interface Values {
  readonly values: NDArray;
  readonly valid?: Uint8Array | undefined;
  readonly zone?: string | undefined;
  readonly dictionary?: boolean;
}

interface Block {
  readonly values: Node;
  readonly places: readonly number[];
}

/** Most rows and columns that a block may name: as many as fit a list. */
const MOST_PLACES = 2 ** 24;

function frame({ state }: Parts, to: Converter, depth: number): Table | undefined {
  const manager = state === undefined ? undefined : (member(state, '_mgr') ?? member(state, '_data'));
  const parts = managerOf(manager, to, depth);
  if (parts === undefined) return undefined;
  const names = labelsOf(parts.axes[0], to, depth);
  if (names === undefined || new Set(names).size !== names.length) return undefined;
  const columns = new Array<Column | undefined>(names.length);
  for (const block of parts.blocks) {
    for (const [row, place] of block.places.entries()) {
      const values = valuesOf(block.values, row, block.places.length, to, depth);
      const name = names[place];
      if (values === undefined || name === undefined) return undefined;
      columns[place] = columnOf(name, values);
    }
  }
  return tableOf(columns, parts.axes[1], to, depth);
}

function series({ state }: Parts, to: Converter, depth: number): Table | undefined {
  if (state === undefined) return undefined;
  const parts = managerOf(member(state, '_mgr') ?? member(state, '_data'), to, depth);
  const block = parts?.blocks[0];
  if (parts === undefined || block === undefined) return undefined;
  const values = valuesOf(block.values, 0, 0, to, depth);
  if (values === undefined) return undefined;
  const name = member(state, '_name') ?? member(state, 'name');
  return tableOf([columnOf(typeof name === 'string' ? name : 'values', values)], parts.axes[0], to, depth);
}

function tableOf(
  columns: readonly (Column | undefined)[],
  index: Node | undefined,
  to: Converter,
  depth: number,
): Table | undefined {
  if (columns.some((column) => column === undefined)) return undefined;
  const all = columns as Column[];
  const rows = all.length === 0 ? 0 : (all[0]!.values as NDArray).shape[0]!;
  if (all.some((column) => (column.values as NDArray).shape[0] !== rows)) return undefined;
  const labels = indexColumn(index, rows, to, depth);
  if (labels === undefined) return undefined;
  if (labels !== 'counted') {
    let { name } = labels;
    while (all.some((column) => column.name === name)) name = `${name}_`;
    all.unshift({ ...labels, name });
  }
  return new Table(rows, all);
}

/** The index as a column; `counted` where it only numbers the rows. */
function indexColumn(
  node: Node | undefined,
  rows: number,
  to: Converter,
  depth: number,
): Column | 'counted' | undefined {
  const data = indexData(node);
  if (data === undefined) return undefined;
  const given = member(data, 'name');
  const name = typeof given === 'string' ? given : 'index';
  const [start, stop, step] = [member(data, 'start'), member(data, 'stop'), member(data, 'step')];
  if (typeof start === 'number' && typeof stop === 'number' && typeof step === 'number') {
    if (start === 0 && step === 1 && typeof given !== 'string') return 'counted';
    const ticks = BigInt64Array.from({ length: rows }, (_, i) => BigInt(start) + BigInt(i) * BigInt(step));
    return columnOf(name, { values: new NDArray({ dtype: 'int64', shape: [rows], data: ticks }) });
  }
  const inner = member(data, 'data');
  const values = inner === undefined ? undefined : valuesOf(inner, 0, 0, to, depth);
  return values === undefined || values.values.shape[0] !== rows ? undefined : columnOf(name, values);
}

function columnOf(name: string, { values, valid, zone, dictionary }: Values): Column {
  const type = scalarType(values.dtype, {
    nullable: valid !== undefined,
    ...(values.unit === undefined ? {} : { unit: values.unit }),
    ...(zone === undefined ? {} : { zone }),
    ...(dictionary === true ? { dictionary } : {}),
  });
  return valid === undefined ? { name, type, values } : { name, type, values, valid };
}

function managerOf(
  node: Node | undefined,
  to: Converter,
  depth: number,
): { blocks: readonly Block[]; axes: readonly Node[] } | undefined {
  if (!(node instanceof PyObject)) return undefined;
  if (node.state instanceof PyTuple) return oldManagerOf(node.state);
  const [blocks, axes] = node.args;
  const list = blocks instanceof PyTuple ? blocks.items : blocks === undefined ? [] : [blocks];
  const found = list.map((block) => blockOf(block, to, depth));
  if (axes === undefined || found.some((block) => block === undefined)) return undefined;
  return {
    blocks: found as Block[],
    axes: axes instanceof PyList || axes instanceof PyTuple ? axes.items : [axes],
  };
}

/** Before pandas 1.3: a state whose last part is `{'0.14.1': {'axes', 'blocks'}}`. */
function oldManagerOf(state: PyTuple): { blocks: readonly Block[]; axes: readonly Node[] } | undefined {
  const inner = state.items[3] === undefined ? undefined : member(state.items[3], '0.14.1');
  const axes = inner === undefined ? undefined : member(inner, 'axes');
  const blocks = inner === undefined ? undefined : member(inner, 'blocks');
  if (!(axes instanceof PyList) || !(blocks instanceof PyList || blocks instanceof PyTuple)) return undefined;
  const found = blocks.items.map((block) => {
    const values = member(block, 'values');
    const places = placesOf(member(block, 'mgr_locs'));
    return values === undefined || places === undefined ? undefined : { values, places };
  });
  return found.some((block) => block === undefined)
    ? undefined
    : { blocks: found as Block[], axes: axes.items };
}

function blockOf(node: Node, to: Converter, depth: number): Block | undefined {
  if (!(node instanceof PyObject)) return undefined;
  const [values, where] = node.args;
  const listed = arrayOfNode(where, to, depth);
  const places = listed === undefined ? placesOf(where) : Array.from(listed.data as BigInt64Array, Number);
  return values === undefined || places === undefined ? undefined : { values, places };
}

function placesOf(node: Node | undefined): readonly number[] | undefined {
  if (!(node instanceof PyObject)) return undefined;
  const [start, stop, step] = node.args;
  if (typeof start !== 'number' || typeof stop !== 'number') return undefined;
  const by = typeof step === 'number' ? step : 1;
  const count = by === 0 ? 0 : Math.ceil((stop - start) / by);
  if (count < 0 || count > MOST_PLACES) return undefined;
  return Array.from({ length: count }, (_, i) => start + i * by);
}

/** Names of columns: numbers become their digits. */
function labelsOf(node: Node | undefined, to: Converter, depth: number): readonly string[] | undefined {
  const data = indexData(node);
  if (data === undefined) return undefined;
  const [start, stop, step] = [member(data, 'start'), member(data, 'stop'), member(data, 'step')];
  if (
    typeof start === 'number' &&
    typeof stop === 'number' &&
    typeof step === 'number' &&
    step > 0 &&
    stop - start < MOST_PLACES
  )
    return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) =>
      String(start + i * step),
    );
  const inner = member(data, 'data');
  const text = arrowText(inner);
  if (text !== undefined) return text.items.map((item) => item ?? '');
  const nodes = objectNodes(inner);
  if (nodes !== undefined)
    return nodes.every((label) => typeof label === 'string' || typeof label === 'number')
      ? nodes.map(String)
      : undefined;
  const values = inner === undefined ? undefined : valuesOf(inner, 0, 0, to, depth);
  return values === undefined ? undefined : Array.from(values.values.data as ArrayLike<unknown>, String);
}

/** The keyword arguments of `_new_Index(cls, {…})`. */
function indexData(node: Node | undefined): Node | undefined {
  if (!(node instanceof PyObject) || !(node.callee instanceof PyGlobal)) return undefined;
  return /_new_(?:\w*)Index$/.test(node.callee.name) && node.args[1] instanceof PyDict
    ? node.args[1]
    : undefined;
}

/** Items of an object array, as nodes. */
function objectNodes(node: Node | undefined): readonly Node[] | undefined {
  if (!(node instanceof PyObject) || !(node.state instanceof PyTuple)) return undefined;
  const last = node.state.items.at(-1);
  return last instanceof PyList ? last.items : undefined;
}

/** Row `row` of a block's values: of an array of two dimensions or of an extension array, which is one column. */
function valuesOf(
  node: Node,
  row: number,
  columns: number,
  to: Converter,
  depth: number,
): Values | undefined {
  const text = arrowText(node);
  if (text !== undefined) return textColumn(text.items);
  const array = arrayOfNode(node, to, depth);
  if (array !== undefined) {
    const line = array.shape.length === 2 ? sliceArray(array, [row]) : array;
    if (line.shape.length !== 1 || (array.shape.length === 1 && columns > 1)) return undefined;
    const nodes = line.dtype === 'object' ? objectNodes(node) : undefined;
    if (nodes === undefined) return { values: line };
    // The elements are not there yet: what they are is asked of the nodes.
    const length = line.shape[0]!;
    const mine = array.shape.length === 1 ? nodes : rowOfObjects(node, nodes, array, row, length);
    if (
      mine.every((item) => typeof item === 'string' || isMissing(item)) &&
      mine.some((item) => typeof item === 'string')
    )
      return textColumn(mine.map((item) => (typeof item === 'string' ? item : null)));
    const data = new Array<Value>(length).fill(null);
    to.fill(data, mine, depth);
    return { values: new NDArray({ dtype: 'object', shape: [length], data }) };
  }
  return extensionValues(node, row, to, depth);
}

function rowOfObjects(
  node: Node,
  nodes: readonly Node[],
  array: NDArray,
  row: number,
  length: number,
): readonly Node[] {
  const fortran =
    node instanceof PyObject && node.state instanceof PyTuple && node.state.items.at(-2) === true;
  const rows = array.shape[0]!;
  return Array.from({ length }, (_, i) => nodes[fortran ? i * rows + row : row * length + i]!);
}

function extensionValues(node: Node, row: number, to: Converter, depth: number): Values | undefined {
  if (!(node instanceof PyObject) || !(node.callee instanceof PyGlobal)) return undefined;
  const { state } = node;
  if (nameOf(node.callee).endsWith('__pyx_unpickle_NDArrayBacked') && state instanceof PyTuple) {
    const cls = node.args[0];
    const [dtype, inner] =
      state.items[0] instanceof PyObject && arrayOfNode(state.items[0], to, depth) !== undefined
        ? [state.items[1], state.items[0]]
        : state.items;
    const array = arrayOfNode(inner, to, depth);
    if (array === undefined || !(cls instanceof PyGlobal)) return undefined;
    const line = array.shape.length === 2 ? sliceArray(array, [row]) : array;
    if (cls.name === 'Categorical') return categoryValues(line, dtype, to, depth);
    if (cls.name === 'DatetimeArray') {
      const zoned =
        dtype instanceof PyObject && dtype.state !== undefined ? member(dtype.state, 'tz') : undefined;
      const zone = zoned === undefined ? undefined : zoneName(zoned);
      return zoned !== undefined && zone === undefined ? undefined : { values: line, zone };
    }
    if (cls.name === 'TimedeltaArray') return { values: line };
    const nodes = objectNodes(inner);
    return cls.name.startsWith('String') && nodes !== undefined
      ? textColumn(nodes.map((item) => (typeof item === 'string' ? item : null)))
      : undefined;
  }
  if (state === undefined) return undefined;
  const data = arrayOfNode(member(state, '_data'), to, depth);
  const mask = arrayOfNode(member(state, '_mask'), to, depth);
  if (
    data === undefined ||
    mask === undefined ||
    mask.dtype !== 'bool' ||
    data.shape.length !== 1 ||
    mask.shape[0] !== data.shape[0]
  )
    return undefined;
  return { values: data, valid: (mask.data as Uint8Array).map((missing) => 1 - missing) };
}

function categoryValues(
  codes: NDArray,
  dtype: Node | undefined,
  to: Converter,
  depth: number,
): Values | undefined {
  const index =
    dtype instanceof PyObject && dtype.state !== undefined ? member(dtype.state, 'categories') : undefined;
  const data = indexData(index);
  const inner = data === undefined ? undefined : member(data, 'data');
  const text = arrowText(inner)?.items ?? objectNodes(inner);
  if (text === undefined || !text.every((item) => typeof item === 'string')) return undefined;
  const words = text as readonly string[];
  const found = textColumn(
    Array.from(codes.data as ArrayLike<number>, (code) => words[Number(code)] ?? null),
  );
  return { ...found, dictionary: true };
}

function textColumn(items: readonly (string | null)[]): Values {
  const values = new NDArray({
    dtype: 'string',
    shape: [items.length],
    data: items.map((item) => item ?? ''),
  });
  if (!items.includes(null)) return { values };
  return { values, valid: Uint8Array.from(items, (item) => (item === null ? 0 : 1)) };
}

function isMissing(node: Node): boolean {
  if (node === null || (typeof node === 'number' && Number.isNaN(node))) return true;
  return node instanceof PyGlobal && /^NA(?:Type|T)?$/.test(node.name);
}
