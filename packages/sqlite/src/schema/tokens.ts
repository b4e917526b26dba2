/** A token of SQL. */
export interface Token {
  /** `word` is unquoted; `name` is quoted by " ` or [; `string` by '. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'blob' | 'mark' | 'variable';
  /** Without quotes, and with doubled quotes undone. */
  readonly text: string;
  /** Where it stands. */
  readonly at: number;
  readonly end: number;
}

const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y;
const NUMBER = /(?:0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)/y;
const BLOB = /[xX]'((?:[0-9a-fA-F]{2})*)'/y;
const SPACE = /(?:[ \t\n\f\r]+|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$))+/y;
const MARK = /(?:->>|->|\|\||<<|>>|<=|>=|<>|==|!=|[-+*/%&|<>=~(),;.])/y;
const VARIABLE = /(?:\?\d*|[:@#$][\w$\u0080-\uffff]+)/y;
const QUOTES: Readonly<Record<string, { readonly kind: Token['kind']; readonly close: string }>> = {
  '"': { kind: 'name', close: '"' },
  '`': { kind: 'name', close: '`' },
  '[': { kind: 'name', close: ']' },
  "'": { kind: 'string', close: "'" },
};

/** The tokens of a statement, or the place of what is none. */
export function tokenize(statement: string): readonly Token[] | { readonly badAt: number } {
  // SQLite stops at a NUL, wherever it stands.
  const sql = statement.split('\0', 1)[0]!;
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(sql);
  };
  const push = (kind: Token['kind'], text: string, end: number): void => {
    tokens.push({ kind, text, at, end });
    at = end;
  };
  while (at < sql.length) {
    const space = match(SPACE);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const quote = QUOTES[sql[at]!];
    if (quote !== undefined) {
      const quoted = readQuoted(sql, at, quote.close);
      if (quoted === undefined) return { badAt: at };
      push(quote.kind, quoted.text, quoted.end);
      continue;
    }
    const blob = match(BLOB);
    if (blob !== null) {
      push('blob', blob[1]!, at + blob[0].length);
      continue;
    }
    const word = match(WORD);
    if (word !== null) {
      if (/^[xX]$/.test(word[0]) && sql[at + 1] === "'") return { badAt: at };
      push('word', word[0], at + word[0].length);
      continue;
    }
    const number = match(NUMBER);
    if (number !== null && number[0] !== '') {
      const end = at + number[0].length;
      if (/[\w$\u0080-\uffff]/.test(sql[end] ?? ' ')) return { badAt: at };
      push('number', number[0], end);
      continue;
    }
    const mark = match(MARK) ?? match(VARIABLE);
    if (mark === null) return { badAt: at };
    push(/^[?:@#$]/.test(mark[0]) ? 'variable' : 'mark', mark[0], at + mark[0].length);
  }
  return tokens;
}

function readQuoted(
  sql: string,
  start: number,
  close: string,
): { readonly text: string; readonly end: number } | undefined {
  let text = '';
  let from = start + 1;
  for (;;) {
    const end = sql.indexOf(close, from);
    if (end < 0) return undefined;
    text += sql.slice(from, end);
    // A doubled quote stands for one; brackets have no such form.
    if (close === ']' || sql[end + 1] !== close) return { text, end: end + 1 };
    text += close;
    from = end + 2;
  }
}

/** Words that are never names: all others SQLite takes for names where a name must stand. */
const RESERVED: ReadonlySet<string> = new Set(
  `ADD ALL ALTER AND AS AUTOINCREMENT BETWEEN CASE CHECK COLLATE COMMIT CONSTRAINT CREATE DEFAULT DEFERRABLE DELETE
  DISTINCT DROP ELSE ESCAPE EXISTS FOREIGN FROM GROUP HAVING IN INDEX INSERT INTERSECT INTO IS ISNULL JOIN LIMIT NOT
  NOTHING NOTNULL NULL ON OR ORDER PRIMARY REFERENCES RETURNING SELECT SET TABLE THEN TO TRANSACTION UNION UNIQUE
  UPDATE USING VALUES WHEN WHERE`.split(/\s+/),
);

export function isReserved(word: string): boolean {
  return RESERVED.has(word.toUpperCase());
}
