import {
  type FormatError,
  isFormatError,
  isTagged,
  newRecord,
  Pairs,
  Tagged,
  type Value,
} from '@formatlab/core';
import { CODE_FIELDS, type CodeLayout, LAYOUTS } from './code-layout.js';
import type { DecodeContext } from './decode.js';
import { MARK } from './forms/mark.js';
import { valueOfForm } from './forms/read-forms.js';
import { LeafReader } from './leaf-reader.js';
import { fits } from './python-tags.js';
import * as type from './spec.js';
import { latin1Text, utf8Text } from './text.js';

/** Larger lists grow: past this V8 would make sparse ones. */
const LARGEST_PREALLOCATED = 2 ** 24;
const PROGRESS_EVERY = 2 ** 20;
/** What a container and a slot in it take at least, for the budget. */
const CONTAINER_BYTES = 32;
const SLOT_BYTES = 8;

/** Stands for an object that is not complete in the list of references, and for a container that was opened. */
const PENDING = Symbol('pending');
type Reference = Value | typeof PENDING;

/** A list, or what is made of one. */
interface Group {
  readonly kind: 'group';
  readonly items: Value[];
  readonly result: Value;
  readonly count: number;
  filled: number;
  /** Number of what a `REF` may name only when it is complete; −1 for others. */
  readonly late: number;
}

interface Dict {
  readonly kind: 'dict';
  readonly start: number;
  /** Its number in the list of references, or −1. */
  readonly index: number;
  readonly record: { [name: string]: Value };
  readonly names: string[];
  /** Once it is known to be no record. */
  pairs: Pairs | undefined;
  entries: [Value, Value][];
  key: Value | undefined;
}

interface Code {
  readonly kind: 'code';
  readonly layout: CodeLayout;
  readonly record: { [name: string]: Value };
  field: number;
  readonly index: number;
}

type Frame = Group | Dict | Code;

/** Reads the values of one file without recursion. Code objects become records; nothing in the file is executed. */
export class Decoder {
  readonly #leaf: LeafReader;
  readonly #context: DecodeContext;
  readonly #deepest: number;
  readonly #frames: Frame[] = [];
  #references: Reference[] = [];
  /** Dicts whose values referred to them before their keys showed that they are no record. */
  readonly #knownPairs = new Set<number>();
  /** References of dicts that are not complete, and those of them that were used. */
  readonly #early = new Set<number>();
  readonly #usedEarly = new Set<number>();
  #nextProgress = PROGRESS_EVERY;

  constructor(bytes: Uint8Array, start: number, layout: CodeLayout | undefined, context: DecodeContext) {
    this.#leaf = new LeafReader(bytes, start, layout, context.options, context.budget);
    this.#context = context;
    this.#deepest = Math.min(context.budget.maxDepth, type.DEEPEST);
  }

  whole(): Value {
    const value = this.#read();
    const rest = this.#leaf.bytes.length - this.#leaf.at;
    if (rest > 0)
      throw this.#leaf.error(
        'corrupt',
        `read the end of the value: ${rest} bytes follow it; set the option 'stream' for a sequence of values`,
      );
    return value;
  }

  sequence(): Value {
    const values: Value[] = [];
    while (this.#leaf.at < this.#leaf.bytes.length) {
      this.#context.budget.takeItems(1, 'the stream');
      this.#references = [];
      this.#leaf.interned = [];
      values.push(this.#read());
    }
    return values;
  }

  #read(): Value {
    const value = this.#next();
    return value === PENDING ? this.#readOpened() : value;
  }

  /** The value of the innermost open frame; those outside it are left alone. */
  #readOpened(): Value {
    const base = this.#frames.length - 1;
    for (;;) {
      const frame = this.#frames[this.#frames.length - 1]!;
      const value = this.#isComplete(frame) ? this.#close(frame) : this.#part(frame);
      if (value === PENDING) continue;
      if (this.#frames.length === base) return value;
      this.#deliver(this.#frames[this.#frames.length - 1]!, value);
    }
  }

  /** Reads the next value of the open frame, or a field without a type code. */
  #part(frame: Frame): Reference {
    if (frame.kind === 'code' && CODE_FIELDS[frame.layout][frame.field]!.kind === 'int')
      return this.#codeInteger(CODE_FIELDS[frame.layout][frame.field]!.name);
    if (frame.kind === 'group') this.#fillFloats(frame);
    if (this.#isComplete(frame)) return PENDING;
    return this.#next();
  }

  /** Lists of floats are the common long ones. */
  #fillFloats(group: Group): void {
    const { bytes, view } = this.#leaf;
    let at = this.#leaf.at;
    while (group.filled < group.count && bytes[at] === type.BINARY_FLOAT && at + 9 <= bytes.length) {
      group.items[group.filled++] = view.getFloat64(at + 1, true);
      at += 9;
    }
    this.#leaf.at = at;
  }

  #isComplete(frame: Frame): boolean {
    if (frame.kind === 'group') return frame.filled === frame.count;
    if (frame.kind === 'code') return frame.field === CODE_FIELDS[frame.layout].length;
    return frame.key === undefined && this.#leaf.bytes[this.#leaf.at] === type.NULL;
  }

  /** Gives a value to the frame that it is a part of. */
  #deliver(frame: Frame, value: Value): void {
    if (frame.kind === 'group') frame.items[frame.filled++] = value;
    else if (frame.kind === 'code') this.#deliverField(frame, value);
    else this.#deliverMember(frame, value);
  }

  #close(frame: Frame): Value {
    this.#frames.pop();
    if (frame.kind === 'dict') return this.#closeDict(frame);
    const value =
      frame.kind === 'group' ? frame.result : new Tagged('code', frame.record, { layout: frame.layout });
    const late = frame.kind === 'group' ? frame.late : frame.index;
    if (late >= 0) this.#references[late] = value;
    return value;
  }

  /** A value without parts, or PENDING when one with parts was opened. */
  #next(): Reference {
    const leaf = this.#leaf;
    const start = leaf.at;
    const first = leaf.bytes[start];
    if (first === undefined) throw leaf.truncated(start, 1);
    leaf.at = start + 1;
    const flagged = first >= type.FLAG_REF;
    switch (first & 0x7f) {
      case type.NONE:
        return null;
      case type.FALSE:
        return false;
      case type.TRUE:
        return true;
      case type.ELLIPSIS:
        return new Tagged('ellipsis', null);
      case type.STOP_ITERATION:
        return new Tagged('stop-iteration', null);
      case type.REF:
        return this.#reference(start);
      case type.STRING_REF:
        return leaf.internedString(start);
      case type.LIST:
        return this.#open(undefined, leaf.length(start), flagged, start);
      case type.TUPLE:
        return this.#open('tuple', leaf.length(start), flagged, start);
      case type.SMALL_TUPLE:
        return this.#open('tuple', leaf.bytes[leaf.take(1)]!, flagged, start);
      case type.SET:
        return this.#open('set', leaf.length(start), flagged, start);
      case type.FROZENSET:
        return this.#open('frozenset', leaf.length(start), flagged, start);
      case type.SLICE:
        return this.#open('slice', 3, flagged, start);
      case type.DICT:
        return this.#openDict(flagged, start);
      case type.CODE:
        return this.#code(flagged, start);
      case type.NULL:
        throw leaf.error('corrupt', 'read a value: the end of a dict stands where none is open', start);
      default: {
        const value = leaf.value(first & 0x7f, start);
        if (flagged) this.#references.push(value);
        return value;
      }
    }
  }

  #reference(start: number): Value {
    const index = this.#leaf.view.getInt32(this.#leaf.take(4), true);
    const value = this.#references[index];
    if (value === undefined || value === PENDING)
      throw this.#leaf.error('corrupt', `read reference ${index}: no value before it has this number`, start);
    if (this.#early.has(index)) this.#usedEarly.add(index);
    return value;
  }

  #open(tag: string | undefined, count: number, flagged: boolean, start: number): typeof PENDING {
    this.#enter(count, start);
    const items: Value[] = count <= LARGEST_PREALLOCATED ? new Array(count) : [];
    const result = tag === undefined ? items : new Tagged(tag, items);
    // CPython makes these two of their complete parts; their number is the one before those of the parts.
    const isLate = flagged && (tag === 'frozenset' || tag === 'slice');
    const index = flagged ? this.#references.push(isLate ? PENDING : result) - 1 : -1;
    this.#frames.push({ kind: 'group', items, result, count, filled: 0, late: isLate ? index : -1 });
    return PENDING;
  }

  #openDict(flagged: boolean, start: number): typeof PENDING {
    this.#enter(0, start);
    const entries: [Value, Value][] = [];
    const record = newRecord();
    const pairs = this.#knownPairs.has(start) ? new Pairs(entries) : undefined;
    const index = flagged ? this.#references.push(pairs ?? record) - 1 : -1;
    if (flagged && pairs === undefined) this.#early.add(index);
    this.#frames.push({ kind: 'dict', start, index, record, names: [], pairs, entries, key: undefined });
    return PENDING;
  }

  #deliverMember(dict: Dict, value: Value): void {
    if (dict.key === undefined) {
      this.#countItem(dict.start);
      dict.key = value;
      if (dict.pairs === undefined && (typeof value !== 'string' || value in dict.record))
        this.#becomePairs(dict);
      return;
    }
    if (dict.pairs !== undefined) dict.entries.push([dict.key, value]);
    else {
      // The key of a record was found to be a string above.
      const name = dict.key as string;
      dict.names.push(name);
      dict.record[name] = value;
    }
    dict.key = undefined;
  }

  /** A key is not a string, or stands twice. Where parts hold the record already, the dict is read again. */
  #becomePairs(dict: Dict): void {
    if (dict.index >= 0 && this.#leaveEarly(dict.index)) {
      this.#knownPairs.add(dict.start);
      this.#references.length = dict.index;
      this.#leaf.at = dict.start + 1;
      this.#frames.pop();
      this.#openDict(true, dict.start);
      return;
    }
    dict.entries = dict.names.map((name) => [name, dict.record[name]!]);
    dict.pairs = new Pairs(dict.entries);
    if (dict.index >= 0) this.#references[dict.index] = dict.pairs;
  }

  #closeDict({ start, index, record, names, pairs }: Dict): Value {
    this.#leaf.at++;
    if (pairs !== undefined) return pairs;
    const used = index >= 0 && this.#leaveEarly(index);
    if (names[0] !== MARK) return record;
    if (used) throw this.#leaf.error('corrupt', 'read a form of FormatLab: it contains itself', start);
    const value = valueOfForm(record, start, this.#context.budget);
    if (index >= 0) this.#references[index] = value;
    return value;
  }

  /** Ends the time in which a dict is referred to before it is complete; whether it was. */
  #leaveEarly(index: number): boolean {
    this.#early.delete(index);
    return this.#usedEarly.delete(index);
  }

  #code(flagged: boolean, start: number): Reference {
    const index = flagged ? this.#references.push(PENDING) - 1 : -1;
    const known = this.#leaf.layout;
    if (known === undefined) return this.#tryLayouts(index, start);
    this.#openCode(known, index, start);
    return PENDING;
  }

  /** The layouts differ in their number of integers: a wrong one fails at the first value behind them. */
  #tryLayouts(index: number, start: number): Value {
    const leaf = this.#leaf;
    const [at, interned] = [leaf.at, leaf.interned.length];
    const [frames, references] = [this.#frames.length, this.#references.length];
    let furthest: FormatError | undefined;
    for (const layout of LAYOUTS) {
      leaf.layout = layout;
      try {
        this.#openCode(layout, index, start);
        return this.#readOpened();
      } catch (error) {
        if (!isFormatError(error) || error.code !== 'corrupt') throw error;
        if ((error.offset ?? 0) >= (furthest?.offset ?? 0)) furthest = error;
        leaf.layout = undefined;
        leaf.at = at;
        leaf.interned.length = interned;
        this.#frames.length = frames;
        this.#references.length = references;
        for (const kept of [this.#early, this.#usedEarly])
          for (const used of kept) if (used >= references) kept.delete(used);
        for (const dict of this.#knownPairs) if (dict > start) this.#knownPairs.delete(dict);
      }
    }
    throw furthest;
  }

  #openCode(layout: CodeLayout, index: number, start: number): void {
    this.#enter(CODE_FIELDS[layout].length, start);
    this.#frames.push({ kind: 'code', layout, record: newRecord(), field: 0, index });
  }

  #deliverField(code: Code, read: Value): void {
    const field = CODE_FIELDS[code.layout][code.field++]!;
    const value = code.layout === '2.7' && NAMES.has(field.name) ? nameOf(read) : read;
    if (!fits(field, value) && !(field.kind === 'bytes' && typeof value === 'string'))
      throw this.#leaf.error(
        'corrupt',
        `read field '${field.name}' of a code object: not ${NOUNS[field.kind]}`,
      );
    code.record[field.name] = value;
  }

  #codeInteger(name: string): number {
    const at = this.#leaf.take(4);
    return name === 'flags' ? this.#leaf.view.getUint32(at, true) : this.#leaf.view.getInt32(at, true);
  }

  /** Before anything is allocated for a container: each of its values takes at least a byte of the file. */
  #enter(count: number, start: number): void {
    const { at, bytes } = this.#leaf;
    const { budget } = this.#context;
    if (count > bytes.length - at) throw this.#leaf.truncated(at, count);
    const depth = this.#frames.length;
    if (depth >= this.#deepest) {
      budget.checkDepth(depth + 1, `a value at byte ${start}`);
      throw this.#leaf.error(
        'limit',
        `read a value at byte ${start}: nested deeper than ${type.DEEPEST} levels`,
        start,
      );
    }
    budget.takeItems(count, `a container of ${count} at byte ${start}`);
    budget.takeBytes(CONTAINER_BYTES + SLOT_BYTES * count, `a container of ${count} at byte ${start}`);
    if (at >= this.#nextProgress) {
      this.#nextProgress = at + PROGRESS_EVERY;
      this.#context.progress(at, bytes.length);
    }
  }

  #countItem(start: number): void {
    this.#context.budget.takeItems(1, `a dict at byte ${start}`);
    this.#context.budget.takeBytes(2 * SLOT_BYTES, `a dict at byte ${start}`);
  }
}

/** Fields of code objects that hold names, which Python 2 writes as byte strings. */
const NAMES: ReadonlySet<string> = new Set(['names', 'varnames', 'freevars', 'cellvars', 'filename', 'name']);

const NOUNS = { int: 'an integer', bytes: 'bytes', tuple: 'a tuple', text: 'text', any: 'a value' } as const;

function nameOf(value: Value): Value {
  if (value instanceof Uint8Array) return utf8Text(value) ?? latin1Text(value, 0, value.length);
  if (!isTagged(value) || !Array.isArray(value.value)) return value;
  return new Tagged(value.tag, (value.value as readonly Value[]).map(nameOf));
}
