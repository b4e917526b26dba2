import { ARRAYS_LIST_SQL, ARRAYS_SQL, TABLES_SQL, VALUES_SQL } from '../layout/names.js';
import { checkExpression, type DeclaredTable, parseTableBody } from './create-table.js';
import { Cursor, isWord, SyntaxProblem } from './cursor.js';
import { type Token, tokenize } from './tokens.js';

/** What a statement of the schema creates. */
export type Created = {
  readonly name: string;
  /** The table that it belongs to: itself for tables and views. */
  readonly table: string;
} & (
  | { readonly kind: 'table'; readonly body: DeclaredTable }
  | { readonly kind: 'virtual'; readonly module: string }
  | { readonly kind: 'view' }
  /** Names of its columns that are plain words: they have to be the table's. */
  | {
      readonly kind: 'index';
      readonly columns: readonly string[];
      /** True where those are all that it has, and each row of the table is in it. */
      readonly plain: boolean;
    }
  | { readonly kind: 'trigger' }
);

/** The statements that this package writes: in its own files, parsing them is most of what an open takes. */
const OWN_STATEMENTS: readonly string[] = [ARRAYS_SQL, ARRAYS_LIST_SQL, VALUES_SQL, TABLES_SQL];
const ownCreated: (Created | undefined)[] = [];

/** Parses a CREATE statement as the schema table holds it. @throws SyntaxProblem */
export function parseCreate(sql: string): Created {
  const own = OWN_STATEMENTS.indexOf(sql);
  if (own < 0) return parseStatement(sql);
  ownCreated[own] ??= parseStatement(sql);
  return ownCreated[own];
}

function parseStatement(sql: string): Created {
  const tokens = tokenize(sql);
  if ('badAt' in tokens)
    throw new SyntaxProblem(`unrecognised token at character ${tokens.badAt} of the statement`);
  const cursor = new Cursor(tokens);
  cursor.expectKeywords('CREATE');
  const temporary = cursor.keywords('TEMP') || cursor.keywords('TEMPORARY');
  const created = parseKind(cursor, temporary);
  while (cursor.mark(';'));
  if (!cursor.done) cursor.fail();
  return created;
}

function parseKind(cursor: Cursor, temporary: boolean): Created {
  if (cursor.keywords('TABLE')) {
    const name = parseObjectName(cursor);
    return { kind: 'table', name, table: name, body: parseTableBody(cursor) };
  }
  if (cursor.keywords('VIEW')) {
    const name = parseObjectName(cursor);
    if (isMark(cursor.peek(), '(')) cursor.parenthesised();
    cursor.expectKeywords('AS');
    parseSelect(cursor);
    return { kind: 'view', name, table: name };
  }
  if (cursor.keywords('TRIGGER')) return parseTrigger(cursor);
  if (temporary) cursor.fail();
  if (cursor.keywords('VIRTUAL', 'TABLE')) {
    const name = parseObjectName(cursor);
    cursor.expectKeywords('USING');
    const module = cursor.name();
    if (isMark(cursor.peek(), '(')) cursor.parenthesised();
    return { kind: 'virtual', name, table: name, module };
  }
  cursor.keywords('UNIQUE');
  cursor.expectKeywords('INDEX');
  return parseIndex(cursor);
}

/** A name, with the schema's before it where it stands. */
function parseObjectName(cursor: Cursor): string {
  cursor.keywords('IF', 'NOT', 'EXISTS');
  const name = cursor.name();
  return cursor.mark('.') ? cursor.name() : name;
}

function parseIndex(cursor: Cursor): Created {
  const name = parseObjectName(cursor);
  cursor.expectKeywords('ON');
  const table = cursor.name();
  const columns: string[] = [];
  const items = splitAtCommas(cursor.parenthesised());
  for (const item of items) {
    const words = new Cursor(item);
    const first = words.peek();
    checkExpression(item);
    if (first?.kind !== 'word' || isMark(words.peek(1), '(') || isMark(words.peek(1), '.')) continue;
    words.take();
    if (words.keywords('COLLATE')) words.name();
    if (!words.keywords('ASC')) words.keywords('DESC');
    if (words.done) columns.push(first.text);
  }
  const partial = cursor.keywords('WHERE');
  if (partial) checkExpression(restOf(cursor));
  return { kind: 'index', name, table, columns, plain: !partial && columns.length === items.length };
}

function parseTrigger(cursor: Cursor): Created {
  const name = parseObjectName(cursor);
  if (!cursor.keywords('BEFORE') && !cursor.keywords('AFTER')) cursor.keywords('INSTEAD', 'OF');
  if (cursor.keywords('UPDATE')) {
    if (cursor.keywords('OF'))
      do cursor.name();
      while (cursor.mark(','));
  } else if (!cursor.keywords('DELETE') && !cursor.keywords('INSERT')) cursor.fail();
  cursor.expectKeywords('ON');
  let table = cursor.name();
  if (cursor.mark('.')) table = cursor.name();
  const rest: Token[] = [];
  while (!cursor.done) rest.push(cursor.take());
  while (isMark(rest.at(-1), ';')) rest.pop();
  if (!rest.some((token) => isWord(token, 'BEGIN')) || !isWord(rest.at(-1), 'END'))
    throw new SyntaxProblem('the trigger has no BEGIN and END');
  return { kind: 'trigger', name, table };
}

function parseSelect(cursor: Cursor): void {
  if (!['SELECT', 'WITH', 'VALUES'].some((word) => isWord(cursor.peek(), word))) cursor.fail();
  const rest = restOf(cursor);
  if (rest.length < 2) throw new SyntaxProblem('the statement is incomplete');
}

/** What is left, up to a semicolon; parentheses are balanced. */
function restOf(cursor: Cursor): readonly Token[] {
  const rest: Token[] = [];
  let depth = 0;
  while (!cursor.done && !isMark(cursor.peek(), ';')) {
    const token = cursor.take();
    if (isMark(token, '(')) depth++;
    if (isMark(token, ')') && --depth < 0) throw new SyntaxProblem("syntax error near ')'");
    rest.push(token);
  }
  if (depth > 0) throw new SyntaxProblem('the statement is incomplete');
  return rest;
}

function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isMark(token, '(')) depth++;
    if (isMark(token, ')')) depth--;
    if (depth === 0 && isMark(token, ',')) items.push([]);
    else items.at(-1)!.push(token);
  }
  return items;
}

function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text;
}
