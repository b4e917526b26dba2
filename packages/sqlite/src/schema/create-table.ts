import { Cursor, isName, isWord, SyntaxProblem } from './cursor.js';
import type { Token } from './tokens.js';

/** A column as CREATE TABLE declares it. */
export interface DeclaredColumn {
  readonly name: string;
  /** Words of the type, with what stands in parentheses; empty where there is none. */
  readonly type: string;
  readonly notNull: boolean;
  /** Literal of DEFAULT, where it is one. */
  readonly fallback: Default | undefined;
  readonly generated: 'no' | 'virtual' | 'stored';
}

export type Default =
  | { readonly kind: 'value'; readonly value: null | number | bigint | string | Uint8Array }
  | { readonly kind: 'expression' };

export interface DeclaredTable {
  readonly columns: readonly DeclaredColumn[];
  /** Names of the columns of the primary key, in its order. */
  readonly primaryKey: readonly string[];
  /** True where the key stands behind its column with the order DESC: then it is no alias of the rowid. */
  readonly keyIsDescendingColumn: boolean;
  readonly withoutRowid: boolean;
  readonly strict: boolean;
  /** True where rows have to satisfy more than types: UNIQUE, CHECK or foreign keys. */
  readonly constrained: boolean;
}

interface Draft {
  columns: DeclaredColumn[];
  primaryKey: string[];
  keys: number;
  descending: boolean;
  constrained: boolean;
}

/** The part of CREATE TABLE behind the name. @throws SyntaxProblem */
export function parseTableBody(cursor: Cursor): DeclaredTable {
  const draft: Draft = { columns: [], primaryKey: [], keys: 0, descending: false, constrained: false };
  cursor.expectMark('(');
  let constraints = false;
  for (;;) {
    if (startsConstraint(cursor) && draft.columns.length > 0) {
      constraints = true;
      parseTableConstraint(cursor, draft);
    } else if (constraints) cursor.fail();
    else parseColumn(cursor, draft);
    if (cursor.mark(')')) break;
    // Table constraints may follow each other without a comma.
    if (!cursor.mark(',') && !(constraints && startsConstraint(cursor))) cursor.fail();
  }
  const options = parseOptions(cursor);
  if (draft.keys > 1) throw new SyntaxProblem('the table has more than one primary key');
  checkColumns(draft, options.withoutRowid);
  return {
    columns: draft.columns,
    primaryKey: draft.primaryKey,
    keyIsDescendingColumn: draft.descending,
    constrained: draft.constrained,
    ...options,
  };
}

function checkColumns({ columns, primaryKey, keys }: Draft, withoutRowid: boolean): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name.toLowerCase())) throw new SyntaxProblem(`duplicate column name '${name}'`);
    names.add(name.toLowerCase());
  }
  for (const name of primaryKey)
    if (!names.has(name.toLowerCase())) throw new SyntaxProblem(`no column '${name}' for the primary key`);
  if (withoutRowid && keys === 0) throw new SyntaxProblem('WITHOUT ROWID, and no primary key');
  if (columns.every((column) => column.generated !== 'no'))
    throw new SyntaxProblem('all columns are generated');
}

function parseOptions(cursor: Cursor): { withoutRowid: boolean; strict: boolean } {
  let withoutRowid = false;
  let strict = false;
  if (!cursor.done && !isMark(cursor.peek(), ';')) {
    do {
      if (cursor.keywords('WITHOUT', 'ROWID')) withoutRowid = true;
      else if (cursor.keywords('STRICT')) strict = true;
      else cursor.fail();
    } while (cursor.mark(','));
  }
  return { withoutRowid, strict };
}

function startsConstraint(cursor: Cursor): boolean {
  return ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN'].some((word) => isWord(cursor.peek(), word));
}

function parseColumn(cursor: Cursor, draft: Draft): void {
  const name = cursor.name();
  let type = parseType(cursor);
  let notNull = false;
  let fallback: Default | undefined;
  let generated: DeclaredColumn['generated'] = 'no';
  for (;;) {
    if (cursor.keywords('CONSTRAINT')) cursor.name();
    else if (cursor.keywords('DEFAULT')) fallback = parseDefault(cursor);
    else if (cursor.keywords('NULL')) parseConflict(cursor);
    else if (cursor.keywords('NOT', 'NULL')) {
      parseConflict(cursor);
      notNull = true;
    } else if (cursor.keywords('PRIMARY', 'KEY')) {
      const descending = !cursor.keywords('ASC') && cursor.keywords('DESC');
      parseConflict(cursor);
      cursor.keywords('AUTOINCREMENT');
      draft.keys++;
      draft.primaryKey = [name];
      draft.descending = descending;
    } else if (cursor.keywords('UNIQUE')) {
      parseConflict(cursor);
      draft.constrained = true;
    } else if (cursor.keywords('CHECK')) {
      checkExpression(cursor.parenthesised());
      parseConflict(cursor);
      draft.constrained = true;
    } else if (cursor.keywords('REFERENCES')) {
      parseReference(cursor);
      draft.constrained = true;
    } else if (parseDeferral(cursor)) continue;
    else if (cursor.keywords('COLLATE')) cursor.name();
    else if (cursor.keywords('GENERATED', 'ALWAYS', 'AS') || cursor.keywords('AS')) {
      type = type.replace(/ ?generated always$/i, '');
      checkExpression(cursor.parenthesised());
      generated = cursor.keywords('STORED') ? 'stored' : 'virtual';
      cursor.keywords('VIRTUAL');
    } else break;
  }
  draft.columns.push({ name, type, notNull, fallback, generated });
}

function parseType(cursor: Cursor): string {
  const words: string[] = [];
  for (let token = cursor.peek(); token !== undefined && isName(token); token = cursor.peek()) {
    if (isWord(token, 'GENERATED') && isWord(cursor.peek(1), 'ALWAYS') && isWord(cursor.peek(2), 'AS')) break;
    words.push(cursor.take().text);
  }
  if (words.length === 0 || !isMark(cursor.peek(), '(')) return words.join(' ');
  const sizes: string[] = [];
  cursor.expectMark('(');
  do {
    let size = '';
    if (cursor.mark('-')) size = '-';
    else cursor.mark('+');
    const token = cursor.take();
    if (token.kind !== 'number') throw new SyntaxProblem(`syntax error near '${token.text}'`);
    sizes.push(size + token.text);
  } while (sizes.length < 2 && cursor.mark(','));
  cursor.expectMark(')');
  return `${words.join(' ')}(${sizes.join(',')})`;
}

function parseDefault(cursor: Cursor): Default {
  if (isMark(cursor.peek(), '(')) {
    const inner = cursor.parenthesised();
    checkExpression(inner);
    const literal = literalOf(inner);
    return literal === undefined ? { kind: 'expression' } : { kind: 'value', value: literal };
  }
  const sign = cursor.mark('-') ? '-' : cursor.mark('+') ? '+' : '';
  const token = cursor.take();
  const plain = ['number', 'string', 'blob', 'word', 'name'].includes(token.kind);
  const allowed =
    token.kind !== 'word' || isName(token) || isWord(token, 'NULL') || isWord(token, 'CURRENT_TIME');
  if (!plain || !allowed) throw new SyntaxProblem(`syntax error near '${token.text}'`);
  const literal = literalOf(sign === '-' ? [MINUS, token] : [token]);
  return literal === undefined ? { kind: 'expression' } : { kind: 'value', value: literal };
}

const MINUS: Token = { kind: 'mark', text: '-', at: 0, end: 0 };

/** The value of a literal, undefined for what has to be computed. */
function literalOf(tokens: readonly Token[]): null | number | bigint | string | Uint8Array | undefined {
  const negative = isMark(tokens[0], '-');
  const rest = negative || isMark(tokens[0], '+') ? tokens.slice(1) : tokens;
  const token = rest[0];
  if (token === undefined || rest.length > 1) return undefined;
  if (token.kind === 'number') {
    if (/^(0x|\d+$)/i.test(token.text)) {
      const whole = BigInt(token.text) * (negative ? -1n : 1n);
      return whole === BigInt.asIntN(64, whole) ? whole : Number(whole);
    }
    return negative ? -Number(token.text) : Number(token.text);
  }
  if (token.kind === 'string') return token.text;
  // A quoted name that names nothing is a string.
  if (token.kind === 'name') return token.text;
  if (token.kind === 'blob')
    return Uint8Array.from(token.text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  if (isWord(token, 'NULL')) return null;
  if (isWord(token, 'TRUE')) return 1n;
  if (isWord(token, 'FALSE')) return 0n;
  if (/^current_(time|date|timestamp)$/i.test(token.text)) return undefined;
  return token.kind === 'word' ? token.text : undefined;
}

function parseConflict(cursor: Cursor): void {
  if (!cursor.keywords('ON', 'CONFLICT')) return;
  if (!['ROLLBACK', 'ABORT', 'FAIL', 'IGNORE', 'REPLACE'].some((word) => cursor.keywords(word)))
    cursor.fail();
}

function parseReference(cursor: Cursor): void {
  cursor.name();
  if (isMark(cursor.peek(), '(')) parseNames(cursor);
  for (;;) {
    if (cursor.keywords('MATCH')) cursor.name();
    else if (cursor.keywords('ON')) {
      if (!['DELETE', 'UPDATE', 'INSERT'].some((word) => cursor.keywords(word))) cursor.fail();
      const known =
        cursor.keywords('SET', 'NULL') ||
        cursor.keywords('SET', 'DEFAULT') ||
        cursor.keywords('CASCADE') ||
        cursor.keywords('RESTRICT') ||
        cursor.keywords('NO', 'ACTION');
      if (!known) cursor.fail();
    } else if (!parseDeferral(cursor)) return;
  }
}

function parseDeferral(cursor: Cursor): boolean {
  if (!cursor.keywords('NOT', 'DEFERRABLE') && !cursor.keywords('DEFERRABLE')) return false;
  if (cursor.keywords('INITIALLY') && !cursor.keywords('DEFERRED') && !cursor.keywords('IMMEDIATE'))
    cursor.fail();
  return true;
}

function parseTableConstraint(cursor: Cursor, draft: Draft): void {
  if (cursor.keywords('CONSTRAINT')) {
    cursor.name();
    return;
  }
  if (cursor.keywords('PRIMARY', 'KEY')) {
    draft.keys++;
    draft.primaryKey = parseKeyColumns(cursor.parenthesised());
    draft.descending = false;
    parseConflict(cursor);
  } else if (cursor.keywords('UNIQUE')) {
    parseKeyColumns(cursor.parenthesised());
    parseConflict(cursor);
    draft.constrained = true;
  } else if (cursor.keywords('CHECK')) {
    checkExpression(cursor.parenthesised());
    parseConflict(cursor);
    draft.constrained = true;
  } else if (cursor.keywords('FOREIGN', 'KEY')) {
    parseNames(cursor);
    cursor.expectKeywords('REFERENCES');
    parseReference(cursor);
    draft.constrained = true;
  } else cursor.fail();
}

function parseNames(cursor: Cursor): void {
  cursor.expectMark('(');
  do {
    cursor.name();
    if (cursor.keywords('COLLATE')) cursor.name();
    if (!cursor.keywords('ASC')) cursor.keywords('DESC');
  } while (cursor.mark(','));
  cursor.expectMark(')');
}

/** Columns of a key; AUTOINCREMENT may stand behind them. */
function parseKeyColumns(tokens: readonly Token[]): string[] {
  const cursor = new Cursor(tokens);
  const names: string[] = [];
  do {
    names.push(cursor.name());
    if (cursor.keywords('COLLATE')) cursor.name();
    if (!cursor.keywords('ASC')) cursor.keywords('DESC');
    cursor.keywords('AUTOINCREMENT');
  } while (cursor.mark(','));
  if (!cursor.done) cursor.fail();
  return names;
}

/** Not a parser of expressions: what is empty, or ends with an operator, is found. */
export function checkExpression(tokens: readonly Token[]): void {
  const last = tokens.at(-1);
  if (last === undefined) throw new SyntaxProblem('an expression is empty');
  if (last.kind === 'mark' && last.text !== ')') throw new SyntaxProblem(`syntax error near '${last.text}'`);
  for (let i = 1; i < tokens.length; i++) {
    const [before, here] = [tokens[i - 1]!, tokens[i]!];
    const literal = (token: Token): boolean => ['number', 'string', 'blob', 'variable'].includes(token.kind);
    if (literal(before) && literal(here)) throw new SyntaxProblem(`syntax error near '${here.text}'`);
  }
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}
