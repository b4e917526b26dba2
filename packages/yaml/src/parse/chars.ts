export const END = 0;
export const TAB = 0x09;
export const LINE_FEED = 0x0a;
export const BLANK = 0x20;
export const BANG = 0x21;
export const DOUBLE_QUOTE = 0x22;
export const HASH = 0x23;
export const PERCENT = 0x25;
export const AMPERSAND = 0x26;
export const SINGLE_QUOTE = 0x27;
export const STAR = 0x2a;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const OPEN_LIST = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_LIST = 0x5d;
export const OPEN_MAP = 0x7b;
export const PIPE = 0x7c;
export const CLOSE_MAP = 0x7d;
export const BYTE_ORDER_MARK = 0xfeff;

/** May not begin a plain scalar (YAML 1.2.2, section 7.3.3); `-`, `?` and `:` may where text follows. */
const INDICATORS = '-?:,[]{}#&*!|>\'"%@`';
const FLOW_INDICATORS = ',[]{}';

const indicator = new Uint8Array(128);
const flowIndicator = new Uint8Array(128);
for (const letter of INDICATORS) indicator[letter.charCodeAt(0)] = 1;
for (const letter of FLOW_INDICATORS) flowIndicator[letter.charCodeAt(0)] = 1;

/** Where a plain scalar may end, in block (1) or only in flow collections (2). */
export const STOPS = new Uint8Array(128);
for (const code of [END, TAB, LINE_FEED, BLANK, HASH, COLON]) STOPS[code] = 1;
for (const letter of FLOW_INDICATORS) STOPS[letter.charCodeAt(0)] = 2;

export function isIndicator(code: number): boolean {
  return code < 128 && indicator[code] === 1;
}

export function isFlowIndicator(code: number): boolean {
  return code < 128 && flowIndicator[code] === 1;
}

/** A blank, tab, line feed, or the end. */
export function isSpace(code: number): boolean {
  return code === BLANK || code === LINE_FEED || code === TAB || code === END;
}

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
