import { FormatError, isFormatError } from '@formatlab/core';
import type { Cell } from '../cells/cell-column.js';

/** What is used of an SQLite library. */
export interface SqlDatabase {
  exec(sql: string): void;
  all(sql: string, values?: readonly Cell[]): readonly Readonly<Record<string, Cell | number>>[];
  prepare(sql: string): SqlStatement;
  close(): void;
}

export interface SqlStatement {
  run(values: readonly Cell[]): void;
  finalize(): void;
}

export interface SqlDriver {
  /** For messages. */
  readonly title: string;
  /** @throws FormatError `io`, `corrupt` */
  open(path: string, readOnly?: boolean): SqlDatabase;
}

/**
 * The library of Node where it has one (22.5 and later), else node-sqlite3-wasm; loaded on first use.
 *
 * @throws FormatError `unsupported` where there is none, as in browsers
 */
export async function loadDriver(): Promise<SqlDriver> {
  return nodeDriver() ?? (await wasmDriver());
}

interface NodeDatabase {
  exec(sql: string): void;
  prepare(sql: string): {
    setReadBigInts(on: boolean): void;
    all(...values: readonly Cell[]): Record<string, Cell | number>[];
    run(...values: readonly Cell[]): unknown;
  };
  close(): void;
}

/** Undefined where this Node has no `node:sqlite`. */
export function nodeDriver(): SqlDriver | undefined {
  // Asked for at run time: the types of Node 20 do not have it, and an import would fail to load.
  const { getBuiltinModule } =
    (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process ?? {};
  const module = getBuiltinModule?.('node:sqlite') as
    | { DatabaseSync: new (path: string, options: object) => NodeDatabase }
    | undefined;
  if (module === undefined) return undefined;
  return {
    title: 'node:sqlite',
    open(path, readOnly = false) {
      const database = guard(path, () => new module.DatabaseSync(path, { readOnly }));
      const call = <T>(work: () => T): T => guard(path, work);
      return {
        exec: (sql) => call(() => database.exec(sql)),
        all: (sql, values = []) =>
          call(() => {
            const statement = database.prepare(sql);
            statement.setReadBigInts(true);
            return statement.all(...values);
          }),
        prepare(sql) {
          const statement = call(() => database.prepare(sql));
          return { run: (values) => void call(() => statement.run(...values)), finalize() {} };
        },
        close: () => call(() => database.close()),
      };
    },
  };
}

/** @throws FormatError `unsupported` where it does not load */
export async function wasmDriver(): Promise<SqlDriver> {
  const module = await import('node-sqlite3-wasm').catch((cause: unknown) => {
    throw new FormatError(
      'unsupported',
      'edit SQLite database: the library node-sqlite3-wasm does not load here',
      {
        format: 'sqlite',
        feature: 'editing',
        cause,
      },
    );
  });
  // A CommonJS module: its exports are the default.
  const { Database } = module.default;
  return {
    title: 'node-sqlite3-wasm',
    open(path, readOnly = false) {
      const database = guard(path, () => new Database(path, { readOnly }));
      const call = <T>(work: () => T): T => guard(path, work);
      return {
        exec: (sql) => call(() => database.exec(sql)),
        all: (sql, values = []) =>
          call(() => database.all(sql, [...values]) as readonly Readonly<Record<string, Cell>>[]),
        prepare(sql) {
          const statement = call(() => database.prepare(sql));
          return {
            run: (values) => void call(() => statement.run(values as Cell[])),
            finalize: () => call(() => statement.finalize()),
          };
        },
        close: () => call(() => database.close()),
      };
    },
  };
}

function guard<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isFormatError(cause)) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    const details = { format: 'sqlite', path, cause };
    if (/locked|busy/i.test(said))
      throw new FormatError(
        'io',
        `edit '${path}': another process writes it, or one was killed and left '${path}.lock'; see removeStaleLock`,
        details,
      );
    if (/malformed|not a database|corrupt/i.test(said))
      throw new FormatError('corrupt', `edit '${path}': ${said}`, details);
    if (/readonly|read-only|disk|unable to open|could not open|i\/o/i.test(said))
      throw new FormatError('io', `edit '${path}': ${said}`, details);
    throw new FormatError('unsupported', `edit '${path}': SQLite says '${said}'`, details);
  }
}
