import {
  type Context,
  concatTables,
  type Editor,
  type Format,
  FormatError,
  isTable,
  joinBytes,
  type Reader,
  resolveSelection,
  type Sink,
  type Source,
  sliceTable,
  Table,
  table,
  toRows,
  type Value,
} from '../src/index.js';

/** What happened to files of the toy, in order: `decode`, `batch 0`, `write 0`. */
export const happened: string[] = [];

/** A batch of rows a line, as JSON: a format that reads and writes batches. */
export const rows: Format<object> = {
  id: 'rows',
  title: 'Rows',
  extensions: ['.rows'],
  mediaTypes: [],
  can: {
    roots: ['table', 'array'],
    dtypes: { read: ['float64', 'string'], write: ['float64', 'string'] },
    maxRank: 1,
    attributes: false,
    integrity: 'none',
    references: false,
    batches: { read: true, write: true },
    list: 'whole',
    readOne: 'whole',
    slice: 'none',
    append: 'tail',
    update: 'rewrite',
  },
  options: {},
  probe: ({ head }) =>
    head[0] === 0x5b ? { score: 0.6, why: 'starts with [' } : { score: 0.2, why: 'may be empty' },
  encode(value, context) {
    if (!isTable(value)) throw new FormatError('unsupported', 'write rows: not a table');
    return value.rows === 0 ? new Uint8Array(0) : lineOf(value, context);
  },
  decode(bytes) {
    happened.push('decode');
    return wholeOf(bytes);
  },
  open: (source) => new RowsReader(source),
  edit: (sink, context) => new RowsEditor(sink, context),
};

class RowsReader implements Reader {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async entries() {
    const whole = wholeOf(await this.#bytes());
    return [{ path: '', kind: 'table' as const, rows: whole.rows, columns: whole.columns }];
  }

  async read(_path: string, selection: Parameters<Reader['read']>[1] = {}): Promise<Value> {
    return sliceTable(wholeOf(await this.#bytes()), selection);
  }

  async *batches(_path: string, options: { rows?: number; slice?: never; columns?: readonly string[] } = {}) {
    const whole = wholeOf(await this.#bytes());
    const { start, count } = resolveSelection(options.slice, [whole.rows])[0]!;
    const most = Math.min(options.rows ?? 3, 3);
    for (let done = 0; done < count; done += most) {
      happened.push(`batch ${done / most}`);
      const from = start + done;
      const slice = [{ start: from, stop: from + Math.min(most, count - done) }];
      yield sliceTable(whole, { slice, columns: options.columns });
    }
  }

  close() {
    happened.push('close');
    return this.#source.close();
  }

  async #bytes(): Promise<Uint8Array> {
    return (await this.#source.read([{ at: 0, length: this.#source.size }]))[0]!;
  }
}

class RowsEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<object>;

  constructor(sink: Sink, context: Context<object>) {
    this.#sink = sink;
    this.#context = context;
  }

  put(_path: string, value: Value) {
    return this.#sink.replace(lineOf(value as Table, this.#context));
  }

  append(_path: string, value: Value) {
    return this.#sink.write(this.#sink.size, lineOf(value as Table, this.#context));
  }

  remove(): never {
    throw new FormatError('unsupported', 'remove rows');
  }

  async writeBatches(path: string, batches: AsyncIterable<Table>) {
    let number = 0;
    for await (const batch of batches) {
      await this.append(path, batch);
      happened.push(`write ${number++}`);
    }
  }

  commit() {
    happened.push('commit');
    return { written: this.#sink.size, rewritten: 0 };
  }

  close() {}
}

function lineOf(value: Table, context: Pick<Context<object>, 'loss'>): Uint8Array {
  for (const { name, type } of value.columns)
    if (type.nullable)
      context.loss({ path: `/${name}`, kind: 'null', from: 'null', to: '0', count: value.rows });
  return new TextEncoder().encode(`${JSON.stringify(toRows(value))}\n`);
}

function wholeOf(bytes: Uint8Array): Table {
  const lines = new TextDecoder().decode(joinBytes(bytes)).split('\n').slice(0, -1);
  if (lines.length === 0) return new Table(0, []);
  return concatTables(lines.map((line) => table(JSON.parse(line) as { [name: string]: Value }[])));
}
