import { newRecord, Tagged, type Value } from '@formatlab/core';
import {
  type Making,
  type Node,
  PyBytearray,
  type PyDict,
  PyFar,
  PyGlobal,
  PyList,
  type PyObject,
  PyTuple,
} from '../machine/nodes.js';
import type { Converter } from './convert.js';
import { DATETIME } from './datetime.js';
import { bytesOf as bytesOfNode, NUMPY } from './numpy.js';
import { PANDAS } from './pandas.js';

/** What a handler sees of an object. */
export interface Parts {
  readonly callee: Node;
  readonly making: Making;
  readonly args: readonly Node[];
  readonly kwargs: PyDict | undefined;
  readonly state: Node | undefined;
  readonly items: readonly Node[];
  readonly entries: readonly Node[];
  readonly at: number;
}

/** The value of an object of a known class; undefined where its parts are not what the class takes. */
export type Handler = (parts: Parts, to: Converter, depth: number) => Value | undefined;

/** The value of an object whose class or function is known, as data. */
export function knownValue(node: PyObject, to: Converter, depth: number): Value | undefined {
  const parts = partsOf(node);
  if (!(parts.callee instanceof PyGlobal)) return undefined;
  return HANDLERS.get(nameOf(parts.callee))?.(parts, to, depth);
}

/** `_reconstructor(cls, object, None)` of protocols 0 and 1 is `cls.__new__(cls)`. */
export function partsOf(node: PyObject): Parts {
  const { callee, making, args, kwargs, state, items, entries, at } = node;
  if (callee instanceof PyGlobal && nameOf(callee) === 'copyreg._reconstructor' && args.length === 3) {
    const [cls, base, value] = args;
    const plain = base instanceof PyGlobal && nameOf(base) === 'builtins.object';
    if (cls instanceof PyGlobal)
      return { callee: cls, making: 'new', args: plain ? [] : [value!], kwargs, state, items, entries, at };
  }
  return { callee, making, args, kwargs, state, items, entries, at };
}

/** One name for what Python 2, NumPy 1 and older standard libraries call differently. */
export function nameOf({ module, name }: PyGlobal): string {
  const renamed =
    MODULES[module] ?? (module.startsWith('numpy._core') ? `numpy.core${module.slice(11)}` : module);
  return `${renamed}.${name}`;
}

const MODULES: Readonly<Record<string, string>> = Object.assign(Object.create(null) as object, {
  __builtin__: 'builtins',
  copy_reg: 'copyreg',
  'pathlib._local': 'pathlib',
});

function itemsOf(node: Node | undefined): readonly Node[] | undefined {
  if (node === undefined) return [];
  return node instanceof PyList || node instanceof PyTuple ? node.items : undefined;
}

const setOf =
  (tag: string): Handler =>
  ({ args, items, state }, to, depth) => {
    const given = args.length > 1 || state !== undefined ? undefined : itemsOf(args[0]);
    return given === undefined ? undefined : new Tagged(tag, to.list([...given, ...items], depth));
  };

const range: Handler = ({ args }) =>
  args.length > 0 &&
  args.length <= 3 &&
  args.every((part) => typeof part === 'number' || typeof part === 'bigint')
    ? new Tagged('range', args as Value[])
    : undefined;

function bytesOf([text, encoding]: readonly Node[]): Uint8Array | undefined {
  if (text instanceof Uint8Array && encoding === undefined) return text;
  if (text instanceof PyFar && encoding === undefined) return text.read();
  if (typeof text !== 'string' || typeof encoding !== 'string') return undefined;
  if (/^utf-?8$/i.test(encoding)) return new TextEncoder().encode(text);
  if (!/^(?:latin-?1|iso-?8859-1)$/i.test(encoding) || /[^\0-\xff]/.test(text)) return undefined;
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

const path =
  (flavour: string): Handler =>
  ({ args }) =>
    args.every((part) => typeof part === 'string')
      ? new Tagged('path', args as Value[], Object.assign(newRecord(), { class: flavour }))
      : undefined;

const ordered: Handler = ({ args, entries, state }, to, depth) => {
  if (args.length > 1 || state !== undefined) return undefined;
  const pairs: Node[] = [];
  for (const item of itemsOf(args[0]) ?? []) {
    const pair = itemsOf(item);
    if (pair?.length !== 2) return undefined;
    pairs.push(pair[0]!, pair[1]!);
  }
  return new Tagged('ordered-dict', to.pairs([...pairs, ...entries], depth));
};

const integer = (node: Node | undefined): node is number | bigint =>
  typeof node === 'number' || typeof node === 'bigint';

/** `int()`, `str('a')`: what the constructor of a built-in gives for nothing, and for a value that is one already. */
const scalar =
  (empty: Value, is: (node: Node) => node is number | bigint | string | boolean): Handler =>
  ({ args, state, items }) => {
    const [given, ...rest] = args;
    if (state !== undefined || items.length > 0 || rest.length > 0) return undefined;
    return given === undefined ? empty : is(given) ? given : undefined;
  };

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['builtins.int', scalar(0, integer)],
  ['builtins.str', scalar('', (node) => typeof node === 'string')],
  ['builtins.float', scalar(0, (node) => typeof node === 'number')],
  ['builtins.bool', scalar(false, (node) => typeof node === 'boolean')],
  ['builtins.set', setOf('set')],
  ['builtins.frozenset', setOf('frozenset')],
  ['builtins.range', range],
  ['builtins.xrange', range],
  [
    'builtins.slice',
    ({ args }, to, depth) => (args.length === 3 ? new Tagged('slice', to.list(args, depth)) : undefined),
  ],
  [
    'builtins.complex',
    ({ args: [re, im] }) =>
      typeof re === 'number' && typeof im === 'number' ? new Tagged('complex', [re, im]) : undefined,
  ],
  ['builtins.bytes', ({ args }) => (args.length === 0 ? new Uint8Array(0) : bytesOf(args))],
  [
    'builtins.bytearray',
    ({ args }) => {
      const bytes =
        args.length === 0
          ? new Uint8Array(0)
          : args[0] instanceof PyBytearray && args.length === 1
            ? args[0].bytes
            : (bytesOf(args) ?? (args.length === 1 ? bytesOfNode(args[0]!) : undefined));
      return bytes === undefined ? undefined : new Tagged('bytearray', bytes);
    },
  ],
  ['_codecs.encode', ({ args }) => bytesOf(args)],
  [
    'decimal.Decimal',
    ({ args: [text] }) => (typeof text === 'string' ? new Tagged('decimal', text) : undefined),
  ],
  [
    'fractions.Fraction',
    ({ args: [text, below] }) => {
      if (integer(text) && integer(below)) return new Tagged('fraction', [text, below]);
      const match = typeof text === 'string' ? /^(-?\d{1,9999})(?:\/(\d{1,9999}))?$/.exec(text) : null;
      return match === null ? undefined : new Tagged('fraction', [safe(match[1]!), safe(match[2] ?? '1')]);
    },
  ],
  [
    'uuid.UUID',
    ({ args: [text, ...rest], state }) => {
      const bare =
        typeof text === 'string' && rest.length === 0 ? text.replaceAll('-', '').toLowerCase() : '';
      if (state === undefined && /^[0-9a-f]{32}$/.test(bare)) return uuid(bare);
      const number = state === undefined ? undefined : member(state, 'int');
      if (!integer(number)) return undefined;
      const hex = BigInt(number).toString(16).padStart(32, '0');
      return hex.length === 32 ? uuid(hex) : undefined;
    },
  ],
  ['collections.OrderedDict', ordered],
  [
    'collections.defaultdict',
    ({ args, entries, state }, to, depth) => {
      if (args.length > 1 || state !== undefined) return undefined;
      const attributes = newRecord();
      attributes['factory'] = to.of(args[0] ?? null, depth + 1);
      return new Tagged('defaultdict', to.mapping(entries, depth), attributes);
    },
  ],
  [
    'collections.Counter',
    ({ args: [dict], entries, state }, to, depth) => {
      if (state !== undefined) return undefined;
      const pairs = dict === undefined ? [] : pairsOf(dict);
      return pairs === undefined
        ? undefined
        : new Tagged('counter', to.mapping([...pairs, ...entries], depth));
    },
  ],
  [
    'collections.deque',
    ({ args, items, state }, to, depth) => {
      const first = itemsOf(args[0]);
      if (first === undefined || args.length > 2 || state !== undefined) return undefined;
      const most = args[1] ?? null;
      const list = to.list([...first, ...items], depth);
      return integer(most)
        ? new Tagged('deque', list, Object.assign(newRecord(), { maxlen: most }))
        : new Tagged('deque', list);
    },
  ],
  ...['Path', 'PosixPath', 'WindowsPath', 'PurePath', 'PurePosixPath', 'PureWindowsPath'].map(
    (name): [string, Handler] => [`pathlib.${name}`, path(name)],
  ),
  ...DATETIME,
  ...NUMPY,
  ...PANDAS,
]);

function uuid(hex: string): Tagged {
  return new Tagged('uuid', hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

function safe(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

/** Keys and values of a dict, in turn. */
export function pairsOf(node: Node): readonly Node[] | undefined {
  return typeof node === 'object' && node !== null && 'pairs' in node ? node.pairs : undefined;
}

/** A value of a dict by its string key. */
export function member(node: Node, name: string): Node | undefined {
  const pairs = pairsOf(node);
  if (pairs === undefined) return undefined;
  let found: Node | undefined;
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === name) found = pairs[i + 1];
  return found;
}
