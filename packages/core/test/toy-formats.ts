import {
  type Capabilities,
  type Context,
  type Editor,
  type Format,
  FormatError,
  isNDArray,
  isRecord,
  isTable,
  joinBytes,
  NDArray,
  newRecord,
  type Reader,
  type Sink,
  type Source,
  splitPath,
  Table,
  type Value,
  type ValueRecord,
  wholeReader,
} from '../src/index.js';

const can: Capabilities = {
  roots: ['array', 'table', 'tree'],
  dtypes: { read: ['float64', 'string', 'bool'], write: ['float64', 'string', 'bool'] },
  maxRank: 2,
  attributes: false,
  integrity: 'none',
  references: false,
  batches: { read: false, write: false },
  list: 'whole',
  readOne: 'whole',
  slice: 'none',
  append: 'rewrite',
  update: 'rewrite',
};

export interface ToyOptions {
  readonly indent?: number;
  readonly style?: 'plain' | 'fancy';
  readonly onlyRead?: boolean;
  readonly ratio?: number;
  readonly hook?: unknown;
}

const MAGIC = 'TOY\n';

/** JSON text behind a magic number, arrays and tables as marked records: a format of two functions. */
export const toy: Format<ToyOptions> = {
  id: 'toy',
  title: 'Toy',
  extensions: ['.toy'],
  mediaTypes: [],
  can,
  options: {
    indent: { type: 'integer', for: 'write', default: 0, min: 0, max: 8, doc: 'Blanks of indentation.' },
    style: { type: 'enum', for: 'both', choices: ['plain', 'fancy'], default: 'plain', doc: 'Style.' },
    onlyRead: { type: 'boolean', for: 'read', default: true, doc: 'Of reading.' },
    ratio: { type: 'number', for: 'both', doc: 'A number.' },
    hook: { type: 'value', for: 'both', doc: 'Anything.' },
  },
  probe: ({ head }) => (text(head).startsWith(MAGIC) ? { score: 0.9, why: 'starts with TOY' } : undefined),
  encode: (value, context) => [bytes(MAGIC), bytes(write(value, context))],
  decode: (file, context) => read(file, context),
};

/** The entries of a record, one line each, the last one of a name counts: a format with random access. */
export const lines: Format<object> = {
  id: 'lines',
  title: 'Lines',
  extensions: ['.lines'],
  mediaTypes: [],
  can: { ...can, roots: ['tree'], append: 'tail', readOne: 'scan', list: 'scan' },
  options: {},
  probe: ({ head }) => (text(head).startsWith('@') ? { score: 0.7, why: 'starts with @' } : undefined),
  encode(value, context) {
    if (!isRecord(value))
      throw new FormatError('unsupported', 'write lines: not a record', { feature: 'root' });
    return Object.entries(value).map(([name, member]) => line(name, member, context));
  },
  decode: (file) => readLines(file),
  open: (source: Source): Reader => {
    const [all] = source.readSync!([{ at: 0, length: source.size }]);
    return { ...wholeReader(readLines(all!)), close: () => source.close() };
  },
  edit: (sink: Sink, context: Context<object>): Editor => new LinesEditor(sink, context),
};

class LinesEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<object>;
  #pending: Uint8Array[] = [];

  constructor(sink: Sink, context: Context<object>) {
    this.#sink = sink;
    this.#context = context;
  }

  put(path: string, value: Value): void {
    this.#pending.push(line(splitPath(path)[0]!, value, this.#context));
  }

  append(path: string): void {
    throw new FormatError('unsupported', `append to '${path}': lines cannot`, { feature: 'append', path });
  }

  remove(path: string): void {
    this.#pending.push(line(splitPath(path)[0]!, null, this.#context));
  }

  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    for await (const batch of batches) this.put(path, batch);
  }

  async commit() {
    const added = joinBytes(this.#pending);
    await this.#sink.write(this.#sink.size, added);
    this.#pending = [];
    return { written: added.byteLength, rewritten: 0 };
  }

  close(): void {
    this.#pending = [];
  }
}

function line(name: string, value: Value, context: Context<object>): Uint8Array {
  return bytes(`@${name}\t${write(value, context)}\n`);
}

function readLines(file: Uint8Array): Value {
  const record = newRecord();
  for (const each of text(file)
    .split('\n')
    .filter((one) => one !== '')) {
    const [, name, json] = /^@([^\t]*)\t(.*)$/.exec(each) ?? [];
    if (name === undefined) throw new FormatError('corrupt', 'read line: no @', { offset: 0 });
    const value = JSON.parse(json!, revive) as Value;
    if (value === null) delete record[name];
    else record[name] = value;
  }
  return record;
}

function read(file: Uint8Array, context: Context<ToyOptions>): Value {
  const all = text(file);
  if (!all.startsWith(MAGIC)) throw new FormatError('not-this-format', 'read toy: no TOY', { offset: 0 });
  context.budget.takeItems(1, 'the root');
  if (context.options.onlyRead !== true) throw new Error('the defaults of reading are missing');
  try {
    return JSON.parse(all.slice(MAGIC.length), revive) as Value;
  } catch (error) {
    throw new FormatError('corrupt', 'read toy: not JSON', { offset: MAGIC.length, cause: error });
  }
}

function write(value: Value, context: Context<ToyOptions>): string {
  if (context.options.style === 'fancy')
    context.loss({ path: '', kind: 'order', from: 'plain', to: 'fancy' });
  return JSON.stringify(value, (_, each: Value) => mark(each), context.options.indent ?? 0);
}

function mark(value: Value): unknown {
  if (isNDArray(value)) return { '<array>': [value.dtype, value.shape, [...(value.data as Float64Array)]] };
  if (!isTable(value)) return value;
  return {
    '<table>': [
      value.rows,
      value.columns.map(({ name, type, values, valid }) => [name, type, values, valid && [...valid]]),
    ],
  };
}

function revive(_: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { '<array>': array, '<table>': table } = value as { [mark: string]: never };
  if (array !== undefined) {
    const [dtype, shape, data] = array as ['float64' | 'string' | 'bool', number[], never[]];
    // The dtype says which of the three it is.
    const held =
      dtype === 'float64' ? Float64Array.from(data) : dtype === 'bool' ? Uint8Array.from(data) : data;
    return new NDArray({ dtype, shape, data: held as Float64Array });
  }
  if (table !== undefined) {
    const [rows, columns] = table as [number, [string, never, NDArray, number[] | undefined][]];
    return new Table(
      rows,
      columns.map(([name, type, values, valid]) => ({
        name,
        type,
        values,
        ...(valid ? { valid: Uint8Array.from(valid) } : {}),
      })),
    );
  }
  return Object.assign(newRecord(), value as ValueRecord);
}

function bytes(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

function text(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}
