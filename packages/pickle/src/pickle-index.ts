import {
  type Context,
  damagedIndex,
  type PlaceMarks,
  readMarks,
  ScanWindow,
  type Source,
  VarintReader,
  VarintWriter,
  type WindowView,
  writeMarks,
} from '@formatlab/core';
import { machineOptions } from './decode.js';
import { Machine, type MachineResult } from './machine/machine.js';
import type { FarBytes } from './machine/nodes.js';
import type { OpFile } from './machine/op-reader.js';
import * as op from './machine/opcodes.js';
import type { PickleOptions } from './options.js';
import type { KnownItems } from './scan/item-reader.js';
import { type Item, ItemScan, MOST_NEEDED } from './scan/item-scan.js';
import { ownBudget } from './scan/pickle-file.js';

const VERSION = 1;
// What is known of the file.
const NOTHING = 0;
const ITEMS = 1;
const STREAM = 2;

/**
 * Of a dict, where the opcodes of each item lie and which others they need; of a stream, where pickles begin, about every
 * `every` bytes. Of other pickles nothing is noted: they are run to their end for every read.
 */
export async function index(
  source: Source,
  context: Context<PickleOptions>,
  every: number,
): Promise<Uint8Array> {
  const writer = new VarintWriter();
  writer.unsigned(VERSION);
  const file = new AwaitedFile(source, context);
  if (context.options.stream === true) {
    writer.unsigned(STREAM);
    writeMarks(writer, await marksOf(file, source.size, context, every));
  } else await writeItems(writer, file, context);
  return writer.finish();
}

/** A file whose bytes are waited for where they are not at hand: a machine is ended there and goes on. */
class AwaitedFile implements OpFile, FarBytes {
  readonly size: number;
  readonly far: FarBytes = this;
  readonly #window: ScanWindow;
  #coming: Promise<WindowView> | undefined;

  constructor(source: Source, context: Context<PickleOptions>) {
    this.size = source.size;
    this.#window = new ScanWindow(source, context);
  }

  window(at: number, length: number): WindowView {
    const view = this.#window.at(at, length);
    if (!(view instanceof Promise)) return view;
    this.#coming = view;
    throw new Error('bytes are not there yet');
  }

  read(): Uint8Array {
    throw new Error('data are not read while opcodes are looked through');
  }

  async run(machine: Machine): Promise<MachineResult> {
    for (;;) {
      try {
        return machine.run();
      } catch (error) {
        if (this.#coming === undefined) throw error;
      }
      const coming = this.#coming;
      this.#coming = undefined;
      await coming;
    }
  }
}

async function marksOf(
  file: AwaitedFile,
  size: number,
  context: Context<PickleOptions>,
  every: number,
): Promise<PlaceMarks> {
  const before = context.index === undefined ? undefined : knownOfIndex(context.index, size, true).marks;
  const numbers = [...(before?.numbers ?? [0])];
  const places = [...(before?.places ?? [0])];
  let at = before?.end ?? 0;
  let count = before?.count ?? 0;
  for (; at < size; count++) {
    if (at - places.at(-1)! >= every) {
      numbers.push(count);
      places.push(at);
    }
    // What one pickle makes is let go before the next one.
    const options = machineOptions({ ...context, budget: ownBudget(context) });
    at = (await file.run(new Machine(file, at, options))).end;
  }
  return { count, end: at, numbers, places };
}

async function writeItems(
  writer: VarintWriter,
  file: AwaitedFile,
  context: Context<PickleOptions>,
): Promise<void> {
  const scan = new ItemScan(file, 0, machineOptions(context));
  const { root, end } = await file.run(scan);
  const items = scan.itemsOf(root);
  writer.unsigned(items === undefined ? NOTHING : ITEMS);
  if (items === undefined) return;
  writer.unsigned(end);
  writer.unsigned(scan.protocol);
  writer.unsigned(items.length);
  let before = 0;
  let memoized = 0;
  for (const [number, item] of items.entries()) {
    writer.text(item.name);
    writer.unsigned(item.at - before);
    writer.unsigned(item.end - item.at);
    writer.unsigned(item.memoized - memoized);
    before = item.end;
    ({ memoized } = item);
    // One more than there are: 0 where it can't be read alone.
    writer.unsigned(item.needs === undefined ? 0 : item.needs.length + 1);
    for (const other of item.needs ?? []) writer.unsigned(number - other);
  }
}

/**
 * @param size bytes of the file; no place lies behind it
 * @throws FormatError `corrupt` of feature `index`
 */
export function knownOfIndex(
  bytes: Uint8Array,
  size: number,
  isStream: boolean,
): { readonly items?: KnownItems; readonly marks?: PlaceMarks } {
  const reader = new VarintReader(bytes);
  const version = reader.unsigned();
  if (version !== VERSION) throw damagedIndex(`its places are of version ${version}`);
  const kind = reader.unsigned();
  if (kind > STREAM || (kind === STREAM) !== isStream) throw damagedIndex('its places are of no kind');
  const known =
    kind === ITEMS
      ? { items: readItems(reader, size) }
      : kind === STREAM
        ? { marks: readMarks(reader, size) }
        : {};
  reader.end();
  return known;
}

function readItems(reader: VarintReader, size: number): KnownItems {
  const end = reader.unsigned();
  const protocol = reader.unsigned();
  if (end > size || protocol > op.HIGHEST_PROTOCOL) throw damagedIndex('its entries are not those of a file');
  const items: Item[] = [];
  /** How many run one after the other before each. */
  const depths: number[] = [];
  let before = 0;
  let memoized = 0;
  for (let left = reader.count(); left > 0; left--) {
    const name = reader.text();
    const at = before + reader.unsigned();
    before = at + reader.unsigned();
    memoized += reader.unsigned();
    // An entry of the memo takes an opcode.
    if (before >= end || memoized > at)
      throw damagedIndex('a position in it lies behind the end of the file');
    const needs = readNeeds(reader, items);
    depths.push(1 + Math.max(0, ...(needs ?? []).map((number) => depths[number]!)));
    if (depths.at(-1)! > MOST_NEEDED + 1) throw damagedIndex('an entry in it needs too many');
    items.push({ name, at, end: before, memoized, needs });
  }
  return { items, protocol, end };
}

function readNeeds(reader: VarintReader, before: readonly Item[]): number[] | undefined {
  const count = reader.unsigned();
  if (count > MOST_NEEDED + 1) throw damagedIndex('an entry in it needs too many');
  if (count === 0) return undefined;
  return Array.from({ length: count - 1 }, () => {
    const number = before.length - reader.unsigned();
    if (before[number]?.needs === undefined) throw damagedIndex('an entry in it needs one that is none');
    return number;
  });
}
