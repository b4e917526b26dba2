/** Type codes of CPython's `Python/marshal.c`, the only specification there is. */
export const NULL = 0x30;
export const NONE = 0x4e;
export const FALSE = 0x46;
export const TRUE = 0x54;
export const STOP_ITERATION = 0x53;
export const ELLIPSIS = 0x2e;
export const INT = 0x69;
/** Written by Python 2 on machines of 64 bits. */
export const INT64 = 0x49;
export const FLOAT = 0x66;
export const BINARY_FLOAT = 0x67;
export const COMPLEX = 0x78;
export const BINARY_COMPLEX = 0x79;
export const LONG = 0x6c;
export const STRING = 0x73;
export const INTERNED = 0x74;
export const REF = 0x72;
/** Python 2: the n-th interned string once more. */
export const STRING_REF = 0x52;
export const TUPLE = 0x28;
export const SMALL_TUPLE = 0x29;
export const LIST = 0x5b;
export const DICT = 0x7b;
export const CODE = 0x63;
export const UNICODE = 0x75;
export const SET = 0x3c;
export const FROZENSET = 0x3e;
/** Version 5. */
export const SLICE = 0x3a;
export const ASCII = 0x61;
export const ASCII_INTERNED = 0x41;
export const SHORT_ASCII = 0x7a;
export const SHORT_ASCII_INTERNED = 0x5a;

/** Added to a type code: the object is the next one that a `REF` may name. */
export const FLAG_REF = 0x80;

/** Lengths are signed 32-bit numbers (`SIZE32_MAX`). */
export const LARGEST_LENGTH = 2 ** 31 - 1;
/** `MAX_MARSHAL_STACK_DEPTH` of CPython. */
export const DEEPEST = 2000;
export const LONG_DIGIT_BITS = 15;

/** First versions that write references, short headers, and slices. */
export const REFERENCES_SINCE = 3;
export const SHORT_FORMS_SINCE = 4;
export const BINARY_NUMBERS_SINCE = 2;
export const SLICES_SINCE = 5;
