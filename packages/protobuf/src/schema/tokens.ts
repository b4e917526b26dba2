import { FormatError } from '@formatlab/core';

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /[ \t\r\n\f\v]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|([A-Za-z_][A-Za-z0-9_]*)|(0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?f?)|("(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')|([{}[\]()<>;,=.:+\-/])/y;

/** The tokens of a `.proto` text, with comments left out. @throws FormatError `options` for what starts no token */
export function tokensOf(source: string, file: string): Token[] {
  const tokens: Token[] = [];
  const pattern = new RegExp(TOKEN.source, 'y');
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(source);
    if (match === null) throw schemaError(file, source, at, `'${source.slice(at, at + 10)}' is no token`);
    const [, name, number, text, symbol] = match;
    if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (text !== undefined) tokens.push({ kind: 'text', text: unescapeText(text.slice(1, -1)), at });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, at });
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
}

export function schemaError(file: string, source: string, at: number, state: string): FormatError {
  const line = source.slice(0, at).split('\n').length;
  return new FormatError('options', `parse schema '${file}', line ${line}: ${state}`, {
    format: 'protobuf',
    offset: at,
  });
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Escapes of string literals (language specification, "String literals"). */
function unescapeText(text: string): string {
  return text.replace(
    /\\(?:[xX]([0-9a-fA-F]{1,2})|([0-7]{1,3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g,
    (_whole, hex?: string, octal?: string, short?: string, long?: string, other?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      if (short !== undefined) return String.fromCharCode(Number.parseInt(short, 16));
      if (long !== undefined) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(long, 16)));
      return SIMPLE[other!] ?? other!;
    },
  );
}
