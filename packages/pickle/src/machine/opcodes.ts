/** How the argument of an opcode lies in the file. */
export type ArgumentKind =
  | 'none'
  | 'u1'
  | 'u2'
  | 'i4'
  | 'u4'
  | 'u8'
  | 'f8'
  | 'int-line'
  | 'long-line'
  | 'float-line'
  | 'index-line'
  | 'string-line'
  | 'unicode-line'
  | 'id-line'
  | 'two-lines'
  | 'long1'
  | 'long4'
  | 'bytes1'
  | 'bytes4'
  | 'bytes8'
  | 'bytearray8'
  | 'text1'
  | 'text4'
  | 'text8'
  | 'old1'
  | 'old4';

export interface Opcode {
  readonly name: string;
  readonly code: number;
  readonly argument: ArgumentKind;
  /** First protocol that has it. */
  readonly protocol: number;
}

export const MARK = 0x28;
export const STOP = 0x2e;
export const POP = 0x30;
export const POP_MARK = 0x31;
export const DUP = 0x32;
export const FLOAT = 0x46;
export const INT = 0x49;
export const BININT = 0x4a;
export const BININT1 = 0x4b;
export const LONG = 0x4c;
export const BININT2 = 0x4d;
export const NONE = 0x4e;
export const PERSID = 0x50;
export const BINPERSID = 0x51;
export const REDUCE = 0x52;
export const STRING = 0x53;
export const BINSTRING = 0x54;
export const SHORT_BINSTRING = 0x55;
export const UNICODE = 0x56;
export const BINUNICODE = 0x58;
export const APPEND = 0x61;
export const BUILD = 0x62;
export const GLOBAL = 0x63;
export const DICT = 0x64;
export const EMPTY_DICT = 0x7d;
export const APPENDS = 0x65;
export const GET = 0x67;
export const BINGET = 0x68;
export const INST = 0x69;
export const LONG_BINGET = 0x6a;
export const LIST = 0x6c;
export const EMPTY_LIST = 0x5d;
export const OBJ = 0x6f;
export const PUT = 0x70;
export const BINPUT = 0x71;
export const LONG_BINPUT = 0x72;
export const SETITEM = 0x73;
export const TUPLE = 0x74;
export const EMPTY_TUPLE = 0x29;
export const SETITEMS = 0x75;
export const BINFLOAT = 0x47;
export const PROTO = 0x80;
export const NEWOBJ = 0x81;
export const EXT1 = 0x82;
export const EXT2 = 0x83;
export const EXT4 = 0x84;
export const TUPLE1 = 0x85;
export const TUPLE2 = 0x86;
export const TUPLE3 = 0x87;
export const NEWTRUE = 0x88;
export const NEWFALSE = 0x89;
export const LONG1 = 0x8a;
export const LONG4 = 0x8b;
export const BINBYTES = 0x42;
export const SHORT_BINBYTES = 0x43;
export const SHORT_BINUNICODE = 0x8c;
export const BINUNICODE8 = 0x8d;
export const BINBYTES8 = 0x8e;
export const EMPTY_SET = 0x8f;
export const ADDITEMS = 0x90;
export const FROZENSET = 0x91;
export const NEWOBJ_EX = 0x92;
export const STACK_GLOBAL = 0x93;
export const MEMOIZE = 0x94;
export const FRAME = 0x95;
export const BYTEARRAY8 = 0x96;
export const NEXT_BUFFER = 0x97;
export const READONLY_BUFFER = 0x98;

/** The newest protocol there is (PEP 574). */
export const HIGHEST_PROTOCOL = 5;

const op = (code: number, name: string, protocol: number, argument: ArgumentKind = 'none'): Opcode => ({
  code,
  name,
  protocol,
  argument,
});

/** All opcodes of protocols 0 to 5, as CPython's `pickletools` names them. */
export const OPCODES: readonly Opcode[] = [
  op(INT, 'INT', 0, 'int-line'),
  op(BININT, 'BININT', 1, 'i4'),
  op(BININT1, 'BININT1', 1, 'u1'),
  op(BININT2, 'BININT2', 1, 'u2'),
  op(LONG, 'LONG', 0, 'long-line'),
  op(LONG1, 'LONG1', 2, 'long1'),
  op(LONG4, 'LONG4', 2, 'long4'),
  op(STRING, 'STRING', 0, 'string-line'),
  op(BINSTRING, 'BINSTRING', 1, 'old4'),
  op(SHORT_BINSTRING, 'SHORT_BINSTRING', 1, 'old1'),
  op(BINBYTES, 'BINBYTES', 3, 'bytes4'),
  op(SHORT_BINBYTES, 'SHORT_BINBYTES', 3, 'bytes1'),
  op(BINBYTES8, 'BINBYTES8', 4, 'bytes8'),
  op(BYTEARRAY8, 'BYTEARRAY8', 5, 'bytearray8'),
  op(NEXT_BUFFER, 'NEXT_BUFFER', 5),
  op(READONLY_BUFFER, 'READONLY_BUFFER', 5),
  op(NONE, 'NONE', 0),
  op(NEWTRUE, 'NEWTRUE', 2),
  op(NEWFALSE, 'NEWFALSE', 2),
  op(UNICODE, 'UNICODE', 0, 'unicode-line'),
  op(SHORT_BINUNICODE, 'SHORT_BINUNICODE', 4, 'text1'),
  op(BINUNICODE, 'BINUNICODE', 1, 'text4'),
  op(BINUNICODE8, 'BINUNICODE8', 4, 'text8'),
  op(FLOAT, 'FLOAT', 0, 'float-line'),
  op(BINFLOAT, 'BINFLOAT', 1, 'f8'),
  op(EMPTY_LIST, 'EMPTY_LIST', 1),
  op(APPEND, 'APPEND', 0),
  op(APPENDS, 'APPENDS', 1),
  op(LIST, 'LIST', 0),
  op(EMPTY_TUPLE, 'EMPTY_TUPLE', 1),
  op(TUPLE, 'TUPLE', 0),
  op(TUPLE1, 'TUPLE1', 2),
  op(TUPLE2, 'TUPLE2', 2),
  op(TUPLE3, 'TUPLE3', 2),
  op(EMPTY_DICT, 'EMPTY_DICT', 1),
  op(DICT, 'DICT', 0),
  op(SETITEM, 'SETITEM', 0),
  op(SETITEMS, 'SETITEMS', 1),
  op(EMPTY_SET, 'EMPTY_SET', 4),
  op(ADDITEMS, 'ADDITEMS', 4),
  op(FROZENSET, 'FROZENSET', 4),
  op(POP, 'POP', 0),
  op(DUP, 'DUP', 0),
  op(MARK, 'MARK', 0),
  op(POP_MARK, 'POP_MARK', 1),
  op(GET, 'GET', 0, 'index-line'),
  op(BINGET, 'BINGET', 1, 'u1'),
  op(LONG_BINGET, 'LONG_BINGET', 1, 'u4'),
  op(PUT, 'PUT', 0, 'index-line'),
  op(BINPUT, 'BINPUT', 1, 'u1'),
  op(LONG_BINPUT, 'LONG_BINPUT', 1, 'u4'),
  op(MEMOIZE, 'MEMOIZE', 4),
  op(EXT1, 'EXT1', 2, 'u1'),
  op(EXT2, 'EXT2', 2, 'u2'),
  op(EXT4, 'EXT4', 2, 'i4'),
  op(GLOBAL, 'GLOBAL', 0, 'two-lines'),
  op(STACK_GLOBAL, 'STACK_GLOBAL', 4),
  op(REDUCE, 'REDUCE', 0),
  op(BUILD, 'BUILD', 0),
  op(INST, 'INST', 0, 'two-lines'),
  op(OBJ, 'OBJ', 1),
  op(NEWOBJ, 'NEWOBJ', 2),
  op(NEWOBJ_EX, 'NEWOBJ_EX', 4),
  op(PROTO, 'PROTO', 2, 'u1'),
  op(STOP, 'STOP', 0),
  op(FRAME, 'FRAME', 4, 'u8'),
  op(PERSID, 'PERSID', 0, 'id-line'),
  op(BINPERSID, 'BINPERSID', 1),
];

export const OPCODE_OF: readonly (Opcode | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  OPCODES.find((opcode) => opcode.code === code),
);
