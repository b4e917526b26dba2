import { type Node, PyGlobal, PyList, PyObject, PyTuple } from '../machine/nodes.js';
import { TextReader } from '../machine/utf8.js';
import { member, partsOf } from './known.js';
import { bytesOf } from './numpy.js';

/** Text of pandas 3 that pyarrow holds: offsets and UTF-8 in buffers; null where there is none. */
export function arrowText(
  node: Node | undefined,
): { readonly items: readonly (string | null)[] } | undefined {
  if (!(node instanceof PyObject) || !/^ArrowString/.test(className(node))) return undefined;
  const held =
    node.state === undefined ? undefined : (member(node.state, '_pa_array') ?? member(node.state, '_data'));
  if (!(held instanceof PyObject)) return undefined;
  const chunks =
    /chunked_array$/.test(nameOfCallee(held)) && held.args[0] instanceof PyList ? held.args[0].items : [held];
  const items: (string | null)[] = [];
  for (const chunk of chunks) {
    const part = chunkOf(chunk);
    if (part === undefined) return undefined;
    for (const item of part) items.push(item);
  }
  return { items };
}

/** `_restore_array((type, length, nulls, offset, buffers, children, dictionary))`. */
function chunkOf(node: Node): readonly (string | null)[] | undefined {
  if (!(node instanceof PyObject) || !/_restore_array$/.test(nameOfCallee(node))) return undefined;
  const parts = node.args[0];
  if (!(parts instanceof PyTuple)) return undefined;
  const [type, length, , offset, buffers] = parts.items;
  const alias = type instanceof PyObject ? type.args[0] : undefined;
  const wide = alias === 'large_string' || alias === 'large_utf8';
  if (!wide && alias !== 'string' && alias !== 'utf8') return undefined;
  if (
    typeof length !== 'number' ||
    typeof offset !== 'number' ||
    !(buffers instanceof PyList) ||
    offset < 0 ||
    length < 0
  )
    return undefined;
  const [valid, places, text] = buffers.items.map((buffer) =>
    buffer === null ? undefined : bytesOf(buffer),
  );
  const width = wide ? 8 : 4;
  if (length === 0) return [];
  if (places === undefined || places.length < (offset + length + 1) * width) return undefined;
  const data = text ?? new Uint8Array(0);
  const view = new DataView(places.buffer, places.byteOffset, places.byteLength);
  const at = (i: number): number =>
    wide
      ? view.getUint32(i * 8, true) + view.getUint32(i * 8 + 4, true) * 2 ** 32
      : view.getUint32(i * 4, true);
  const reader = new TextReader(data);
  const items: (string | null)[] = [];
  for (let i = offset; i < offset + length; i++) {
    if (valid !== undefined && ((valid[i >> 3] ?? 0) & (1 << (i & 7))) === 0) items.push(null);
    else if (at(i) > at(i + 1) || at(i + 1) > data.length) return undefined;
    else items.push(reader.utf8(at(i), at(i + 1)));
  }
  return items;
}

function nameOfCallee(node: PyObject): string {
  return node.callee instanceof PyGlobal ? node.callee.name : '';
}

/** The class of an object, also where protocols 0 and 1 go through `_reconstructor`. */
function className(node: PyObject): string {
  const { callee } = partsOf(node);
  return callee instanceof PyGlobal ? callee.name : '';
}
