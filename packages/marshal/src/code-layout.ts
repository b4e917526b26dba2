import type { PythonVersion } from './options.js';

type FieldKind = 'int' | 'bytes' | 'tuple' | 'text' | 'any';
export interface CodeField {
  readonly name: string;
  readonly kind: FieldKind;
}

/** The Python since which code objects have the layout. */
export type CodeLayout = '2.7' | '3.0' | '3.8' | '3.11';

const ints = (...names: string[]): readonly CodeField[] => names.map((name) => ({ name, kind: 'int' }));
const OLD_BODY: readonly CodeField[] = [
  { name: 'code', kind: 'bytes' },
  { name: 'consts', kind: 'tuple' },
  { name: 'names', kind: 'tuple' },
  { name: 'varnames', kind: 'tuple' },
  { name: 'freevars', kind: 'tuple' },
  { name: 'cellvars', kind: 'tuple' },
  { name: 'filename', kind: 'text' },
  { name: 'name', kind: 'text' },
  { name: 'firstlineno', kind: 'int' },
  { name: 'lnotab', kind: 'bytes' },
];

/** Fields in the order of the file (`w_object` and `r_object` of `Python/marshal.c`); integers have no type code. */
export const CODE_FIELDS: Readonly<Record<CodeLayout, readonly CodeField[]>> = {
  '3.11': [
    ...ints('argcount', 'posonlyargcount', 'kwonlyargcount', 'stacksize', 'flags'),
    { name: 'code', kind: 'bytes' },
    { name: 'consts', kind: 'tuple' },
    { name: 'names', kind: 'tuple' },
    { name: 'localsplusnames', kind: 'tuple' },
    { name: 'localspluskinds', kind: 'bytes' },
    { name: 'filename', kind: 'text' },
    { name: 'name', kind: 'text' },
    { name: 'qualname', kind: 'text' },
    { name: 'firstlineno', kind: 'int' },
    { name: 'linetable', kind: 'bytes' },
    { name: 'exceptiontable', kind: 'bytes' },
  ],
  '3.8': [
    ...ints('argcount', 'posonlyargcount', 'kwonlyargcount', 'nlocals', 'stacksize', 'flags'),
    ...OLD_BODY,
  ],
  '3.0': [...ints('argcount', 'kwonlyargcount', 'nlocals', 'stacksize', 'flags'), ...OLD_BODY],
  '2.7': [...ints('argcount', 'nlocals', 'stacksize', 'flags'), ...OLD_BODY],
};

/** In the order in which they are tried: a wrong one meets a byte that is no type code, or a value of another kind. */
export const LAYOUTS = Object.keys(CODE_FIELDS) as readonly CodeLayout[];

export function layoutOf(python: Exclude<PythonVersion, 'auto'>): CodeLayout {
  if (python === '2.7') return '2.7';
  const minor = Number(python.slice(2));
  return minor >= 11 ? '3.11' : minor >= 8 ? '3.8' : '3.0';
}

export function isCodeLayout(value: unknown): value is CodeLayout {
  return typeof value === 'string' && Object.hasOwn(CODE_FIELDS, value);
}
