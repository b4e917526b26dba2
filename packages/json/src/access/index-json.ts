import { type Context, FormatError, isFormatError, joinBytes, type Source } from '@formatlab/core';
import { parserOf } from '../decode.js';
import type { Rules } from '../options.js';
import { CLOSE_LIST, CLOSE_RECORD, COLON, COMMA, OPEN_LIST, OPEN_RECORD } from '../parse/ascii.js';
import type { Wanted } from '../parse/root.js';
import { ListJudge } from './list-kind.js';
import { encodePlaces, type JsonPlaces, type ListPlace, type ValuePlace } from './places.js';
import { TextScan } from './text-scan.js';

/**
 * Places of the members of a record at the root, and of the items of lists, about every `every` bytes. All of it is parsed, a
 * part of a list and a member that is no list at a time.
 *
 * @param wanted what lists at the root and in it may become
 * @param envelope a record at the root with a member of this name is one value
 * @throws FormatError `corrupt`
 */
export async function indexJson(
  source: Source,
  outer: Context<object>,
  every: number,
  rules: Rules,
  wanted: Wanted,
  envelope?: string,
): Promise<Uint8Array> {
  // Losses are of what is read, and the whole is not.
  const context = { ...outer, loss() {} };
  const places = await new Indexing(source, context, every, rules, wanted).file();
  const isValue = envelope !== undefined && places.members?.has(envelope) === true;
  return encodePlaces(isValue ? { ...places, members: undefined } : places);
}

const MARK = [0xef, 0xbb, 0xbf];
const BRACKETS = [Uint8Array.of(OPEN_LIST), Uint8Array.of(CLOSE_LIST)] as const;

class Indexing {
  readonly #source: Source;
  readonly #context: Context<object>;
  readonly #every: number;
  readonly #rules: Rules;
  readonly #wanted: Wanted;
  readonly #scan: TextScan;

  constructor(source: Source, context: Context<object>, every: number, rules: Rules, wanted: Wanted) {
    this.#source = source;
    this.#context = context;
    this.#every = every;
    this.#rules = rules;
    this.#wanted = wanted;
    this.#scan = new TextScan(source, context);
  }

  async file(): Promise<JsonPlaces> {
    const scan = this.#scan;
    const [head] = await this.#source.read(
      [{ at: 0, length: Math.min(4, this.#source.size) }],
      this.#context.signal,
    );
    // What is no UTF-8 is refused here as it is on reading.
    parserOf(head!, false, this.#context);
    if (MARK.every((byte, i) => head![i] === byte)) scan.at = MARK.length;
    const first = await scan.peek();
    const start = scan.at;
    const members = first === OPEN_RECORD ? await this.#members() : undefined;
    const root = members === undefined ? await this.#value() : { start, end: scan.at, list: undefined };
    if ((await scan.peek()) >= 0) throw this.#fault('the end');
    const all = [...(members?.places.values() ?? [])];
    const entries =
      members?.twice === false &&
      all.length > 0 &&
      all.every(({ list }) => (list?.what.kind ?? 'list') !== 'list');
    return { root, members: members?.places, entries };
  }

  async #members(): Promise<{ readonly places: Map<string, ValuePlace>; readonly twice: boolean }> {
    const scan = this.#scan;
    const places = new Map<string, ValuePlace>();
    let twice = false;
    scan.at++;
    if ((await scan.peek()) === CLOSE_RECORD) {
      scan.at++;
      return { places, twice };
    }
    for (;;) {
      await scan.peek();
      scan.keep();
      const from = scan.at;
      await scan.pass();
      const name = this.#name(scan.bytesFrom(from), from);
      if ((await scan.peek()) !== COLON) throw this.#fault("':'");
      scan.at++;
      twice ||= places.has(name);
      places.set(name, await this.#value());
      const next = await scan.peek();
      if (next !== COMMA && next !== CLOSE_RECORD) throw this.#fault("',' or '}'");
      scan.at++;
      if (next === CLOSE_RECORD) return { places, twice };
    }
  }

  #name(bytes: Uint8Array, at: number): string {
    const parser = parserOf(bytes, false, this.#context);
    const name = bytes[0] === 0x22 ? parser.value(0) : undefined;
    if (typeof name === 'string' && parser.at === bytes.length) return name;
    throw new FormatError('corrupt', `read JSON at byte ${at}: expected a name in double quotes`, {
      format: 'json',
      offset: at,
    });
  }

  async #value(): Promise<ValuePlace> {
    const scan = this.#scan;
    const first = await scan.peek();
    const start = scan.at;
    if (first === OPEN_LIST) {
      const list = await this.#list();
      return { start, end: scan.at, list };
    }
    scan.keep();
    await scan.pass();
    const bytes = scan.bytesFrom(start);
    const { budget } = this.#context;
    const mark = budget.mark();
    this.#parse(start, () => {
      const parser = parserOf(bytes, this.#rules.nan === 'python', this.#context);
      parser.value(1);
      if (parser.peek() >= 0) throw parser.error('the end of a value');
    });
    budget.rewind(mark);
    return { start, end: scan.at, list: undefined };
  }

  async #list(): Promise<ListPlace> {
    const scan = this.#scan;
    const judge = new ListJudge(this.#rules, this.#wanted, this.#context);
    const items: number[] = [0];
    const places: number[] = [];
    let count = 0;
    scan.at++;
    const first = await scan.peek();
    places.push(scan.at);
    scan.keep();
    let from = scan.at;
    for (let next = first; next !== CLOSE_LIST; ) {
      await scan.pass();
      count++;
      next = await scan.peek();
      if (next !== COMMA && next !== CLOSE_LIST) throw this.#fault("',' or ']'");
      const isFar = scan.at - from >= this.#every;
      if (next === CLOSE_LIST || isFar) {
        const text = joinBytes([BRACKETS[0], scan.bytesFrom(from), BRACKETS[1]]);
        this.#parse(from - 1, () => judge.add(text));
      }
      if (next === CLOSE_LIST) break;
      scan.at++;
      if (!isFar) continue;
      await scan.peek();
      scan.keep();
      from = scan.at;
      items.push(count);
      places.push(from);
    }
    if (count > 0) {
      items.push(count);
      places.push(scan.at);
    }
    scan.at++;
    return { what: judge.what, count, items, places };
  }

  /** Parses some of the text; errors tell the byte of the file. */
  #parse(from: number, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!isFormatError(error) || error.code !== 'corrupt' || error.offset === undefined) throw error;
      const at = from + error.offset;
      const message = error.message.replace(/^read JSON .*?: /s, `read JSON at byte ${at}: `);
      throw new FormatError('corrupt', message, { format: 'json', offset: at, cause: error });
    }
  }

  #fault(expected: string): FormatError {
    const { at } = this.#scan;
    return new FormatError('corrupt', `read JSON at byte ${at}: expected ${expected}`, {
      format: 'json',
      offset: at,
    });
  }
}
