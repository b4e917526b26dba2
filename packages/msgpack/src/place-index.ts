import {
  type Context,
  damagedIndex,
  type Source,
  sizeOfShape,
  VarintReader,
  VarintWriter,
} from '@formatlab/core';
import { parseDTypeText } from './forms/dtype-text.js';
import { type ArrayPlace, type GroupPlace, type Place, placeAt } from './layout.js';
import type { MsgpackOptions } from './options.js';
import { Scanner } from './scanner.js';

/** Where some of the elements of a list begin. */
export interface ListMarks {
  readonly count: number;
  readonly end: number;
  /** Numbers of elements, and where they begin: the first one, and others in order. */
  readonly elements: readonly number[];
  readonly places: readonly number[];
}

/** What an index says, by where values start. */
export interface IndexedPlaces {
  readonly places: Map<number, Place>;
  readonly lists: Map<number, ListMarks>;
}

const VERSION = 1;
/** A record as the value of a member of a member … this deep is not looked into. */
const MOST_DEPTH = 64;
// What is known of a value.
const UNKNOWN = 0;
const ARRAY = 1;
const GROUP = 2;
const LIST = 3;

/**
 * Names, arrays and where they lie, of the root and of every record in it of `every` bytes or more; of lists, of streams too,
 * where elements begin, about every `every` bytes. Data is passed over.
 */
export async function index(
  source: Source,
  context: Context<MsgpackOptions>,
  every: number,
): Promise<Uint8Array> {
  const writer = new VarintWriter();
  writer.unsigned(VERSION);
  const walk = new Walk(new Scanner(source, context), writer, every);
  if (context.options.stream === true) await walk.elements(0, Number.POSITIVE_INFINITY);
  else if (source.size > 0) await walk.value(0, 0);
  return writer.finish();
}

class Walk {
  readonly #scanner: Scanner;
  readonly #writer: VarintWriter;
  readonly #every: number;

  constructor(scanner: Scanner, writer: VarintWriter, every: number) {
    this.#scanner = scanner;
    this.#writer = writer;
    this.#every = every;
  }

  async value(at: number, depth: number): Promise<void> {
    const place = await placeAt(this.#scanner, at);
    const isLarge = place.end - at >= this.#every || depth === 0;
    if (place.kind === 'array') this.#array(at, place);
    else if (place.kind === 'group' && isLarge && depth < MOST_DEPTH) await this.#group(at, place, depth);
    else if (place.kind === 'other' && isLarge) await this.#other(at);
    else this.#writer.unsigned(UNKNOWN);
  }

  /** Elements from a place on: `count` of them, or those up to the end of the file. */
  async elements(at: number, count: number): Promise<void> {
    const elements = [0];
    const places = [at];
    let next = at;
    let done = 0;
    for (; done < count && next < this.#scanner.size; done++) {
      if (next - places.at(-1)! >= this.#every) {
        elements.push(done);
        places.push(next);
      }
      next = await this.#scanner.end(next);
    }
    this.#writer.unsigned(LIST);
    this.#writer.unsigned(done);
    this.#writer.unsigned(next);
    this.#writer.rising(elements);
    this.#writer.rising(places);
  }

  #array(at: number, { typeText, shape, dataAt, end }: ArrayPlace): void {
    this.#writer.unsigned(ARRAY);
    this.#writer.text(typeText);
    this.#writer.unsigned(shape.length);
    for (const length of shape) this.#writer.unsigned(length);
    this.#writer.unsigned(dataAt - at);
    this.#writer.unsigned(end - dataAt);
  }

  async #group(at: number, { members, end }: GroupPlace, depth: number): Promise<void> {
    this.#writer.unsigned(GROUP);
    this.#writer.unsigned(end - at);
    this.#writer.unsigned(members.size);
    let before = at;
    for (const [name, start] of members) {
      this.#writer.text(name);
      this.#writer.unsigned(start - before);
      before = start;
      await this.value(start, depth + 1);
    }
  }

  async #other(at: number): Promise<void> {
    const header = await this.#scanner.header(at);
    if (header.kind === 'array') await this.elements(at + header.size, header.children);
    else this.#writer.unsigned(UNKNOWN);
  }
}

/**
 * @param size bytes of the file; no place lies behind it
 * @throws FormatError `corrupt` of feature `index`
 */
export function placesOfIndex(bytes: Uint8Array, size: number, isStream: boolean): IndexedPlaces {
  const reader = new VarintReader(bytes);
  const version = reader.unsigned();
  if (version !== VERSION) throw damagedIndex(`its places are of version ${version}`);
  const found: IndexedPlaces = { places: new Map(), lists: new Map() };
  if (size > 0) readValue(reader, 0, size, found, 0);
  reader.end();
  // In a stream the first value begins where the list of all of them does.
  if (!isStream) for (const [at, { end }] of found.lists) found.places.set(at, { kind: 'other', end });
  return found;
}

function readValue(
  reader: VarintReader,
  at: number,
  size: number,
  found: IndexedPlaces,
  depth: number,
): void {
  const kind = reader.unsigned();
  if (kind === ARRAY) found.places.set(at, readArray(reader, at, size));
  else if (kind === GROUP && depth <= MOST_DEPTH) readGroup(reader, at, size, found, depth);
  else if (kind === LIST) found.lists.set(at, readMarks(reader, size));
  else if (kind !== UNKNOWN) throw damagedIndex('a place in it is of no kind');
}

function readArray(reader: VarintReader, at: number, size: number): ArrayPlace {
  const typeText = reader.text();
  const type = parseDTypeText(typeText);
  const shape = Array.from({ length: reader.count() }, () => reader.unsigned());
  const dataAt = within(at + reader.unsigned(), size);
  const end = within(dataAt + reader.unsigned(), size);
  const dataLength = type === undefined ? -1 : sizeOfShape(shape) * type.bytes;
  if (type === undefined || !(dataLength >= 0 && dataAt + dataLength <= end))
    throw damagedIndex('an array in it is none');
  return { kind: 'array', end, type, typeText, shape, dataAt, dataLength };
}

function readGroup(
  reader: VarintReader,
  at: number,
  size: number,
  found: IndexedPlaces,
  depth: number,
): void {
  const end = within(at + reader.unsigned(), size);
  const members = new Map<string, number>();
  let start = at;
  for (let left = reader.count(); left > 0; left--) {
    const name = reader.text();
    start = within(start + reader.unsigned(), size);
    members.set(name, start);
    readValue(reader, start, size, found, depth + 1);
  }
  found.places.set(at, { kind: 'group', end, members });
}

function readMarks(reader: VarintReader, size: number): ListMarks {
  const count = reader.unsigned();
  const end = within(reader.unsigned(), size);
  const elements = reader.rising(count);
  const places = reader.rising(end);
  if (elements[0] !== 0 || elements.length !== places.length || count > size)
    throw damagedIndex('a list in it is none');
  return { count, end, elements, places };
}

function within(place: number, size: number): number {
  if (place > size) throw damagedIndex('a position in it lies behind the end of the file');
  return place;
}
