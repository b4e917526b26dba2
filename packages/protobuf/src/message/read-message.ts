import {
  type Budget,
  FormatError,
  isNDArray,
  newRecord,
  Pairs,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import type { Field, MessageType } from '../schema/model.js';
import { WireReader } from '../wire/reader.js';
import { DEPTH_LIMIT, EGROUP, LEN, SGROUP, VARINT } from '../wire/spec.js';
import { DTYPE, UNKNOWN, WIRE_TYPE } from './kinds.js';
import { NumberList } from './number-list.js';
import { defaultOf, readScalar } from './scalars.js';

export interface ReadOptions {
  readonly budget: Budget;
  /** Whether fields that the schema lacks are kept as bytes in the member `#unknown`. */
  readonly unknown: 'keep' | 'drop';
  /** Whether fields without presence that are absent get their default value. */
  readonly defaults: boolean;
  /** Called for unknown fields that are dropped. */
  readonly dropped?: ((count: number) => void) | undefined;
}

/** What a record takes at least, for the budget. */
const RECORD_BYTES = 32;
const SLOT_BYTES = 16;

const MESSAGE_SET_ITEM = 1;
const MESSAGE_SET_TYPE = 2;
const MESSAGE_SET_CONTENT = 3;

type Members = { [name: string]: Value };

/**
 * A message as a record. Repeated numbers are arrays, views on `bytes` where they are packed, fixed-size and
 * aligned; 64-bit integers are bigints; enums are names, or numbers where they have none; maps are records,
 * or Pairs where keys are not text.
 *
 * @throws FormatError `corrupt` with the offset, `limit`
 */
export function readMessage(
  bytes: Uint8Array,
  type: MessageType,
  options: ReadOptions,
  base = 0,
): ValueRecord {
  return new MessageReader(new WireReader(bytes, base), options).whole(type);
}

/** Reads messages of any type from one run of bytes. */
export class MessageReader {
  readonly #r: WireReader;
  readonly #options: ReadOptions;
  readonly #check = (depth: number): void => this.#checkDepth(depth);

  constructor(reader: WireReader, options: ReadOptions) {
    this.#r = reader;
    this.#options = options;
  }

  whole(type: MessageType): ValueRecord {
    return this.#message(type, undefined, this.#r.limit, 1, 0);
  }

  /** The message that fills the bytes up to `end`. */
  part(type: MessageType, end: number): ValueRecord {
    const outer = this.#r.limit;
    this.#r.limit = end;
    const record = this.#message(type, undefined, end, 1, 0);
    this.#r.limit = outer;
    return record;
  }

  /** @param group number of the group that the message is, 0 for one with a length */
  #message(type: MessageType, into: Members | undefined, end: number, depth: number, group: number): Members {
    this.#checkDepth(depth);
    const { budget, defaults } = this.#options;
    budget.takeItems(1, `message ${type.fullName}`);
    budget.takeBytes(RECORD_BYTES, `message ${type.fullName}`);
    const record: Members = into ?? newRecord();
    if (into === undefined && defaults) fillDefaults(record, type);
    const r = this.#r;
    let unknown: Uint8Array[] | undefined;
    let numbers: Map<Field, NumberList> | undefined;
    while (true) {
      if (r.pos >= end) {
        if (group !== 0) throw r.corrupt(`read group ${group}: it does not end`, r.pos);
        break;
      }
      const at = r.pos;
      const tag = r.tag();
      const wire = tag & 7;
      if (wire === EGROUP) {
        if (tag >>> 3 !== group)
          throw r.corrupt(`read field ${tag >>> 3}: a group ends that did not start`, at);
        break;
      }
      const field = type.byNumber.get(tag >>> 3);
      if (field === undefined) {
        if (type.messageSet && tag >>> 3 === MESSAGE_SET_ITEM && wire === SGROUP) {
          const left = this.#messageSetItem(type, record, depth + 1, at);
          if (left !== undefined) unknown = this.#keep(unknown, left);
          continue;
        }
        r.skip(tag, depth, this.#check);
        unknown = this.#keep(unknown, r.bytes.subarray(at, r.pos));
      } else if (DTYPE[field.kind] !== undefined && field.repeated) {
        if (wire !== LEN && wire !== WIRE_TYPE[field.kind]) {
          r.skip(tag, depth, this.#check);
          unknown = this.#keep(unknown, r.bytes.subarray(at, r.pos));
          continue;
        }
        numbers ??= new Map();
        let list = numbers.get(field);
        if (list === undefined) {
          const known = record[field.key];
          list = new NumberList(field.kind, isNDArray(known) && known.size > 0 ? known : undefined);
          numbers.set(field, list);
          // Takes the member's place in the order of the file.
          if (known === undefined) record[field.key] = null;
        }
        if (wire === LEN) list.readPacked(r, budget);
        else list.readOne(r, budget);
      } else if (!this.#field(field, wire, record, depth)) {
        r.pos = at;
        r.skip(r.tag(), depth, this.#check);
        unknown = this.#keep(unknown, this.#unknownOf(field, at, wire));
      }
    }
    if (numbers !== undefined) for (const [field, list] of numbers) record[field.key] = list.array();
    if (unknown !== undefined) this.#storeUnknown(record, unknown);
    for (const field of type.required) {
      if (record[field.key] === undefined)
        throw r.corrupt(`read message ${type.fullName}: required field '${field.name}' is missing`, r.pos);
    }
    return record;
  }

  /** False where the field's content has to be kept as unknown. */
  #field(field: Field, wire: number, record: Members, depth: number): boolean {
    const r = this.#r;
    if (field.map !== undefined) return wire === LEN && this.#mapEntry(field, record, depth);
    if (field.kind === 'message') return this.#submessage(field, wire, record, depth);
    if (field.kind === 'enum') return this.#enum(field, wire, record);
    if (wire !== WIRE_TYPE[field.kind]) return false;
    const value = readScalar(r, field, this.#options.budget);
    if (field.repeated) this.#push(record, field, value);
    else this.#set(record, field, value);
    return true;
  }

  #submessage(field: Field, wire: number, record: Members, depth: number): boolean {
    const r = this.#r;
    const type = field.message!;
    if (wire !== SGROUP && wire !== LEN) return false;
    const known = field.repeated ? undefined : record[field.key];
    // What this class puts there is a record of ours.
    const into = known === undefined ? undefined : (known as Members);
    let value: Members;
    if (wire === SGROUP) {
      if (!field.delimited) return false;
      value = this.#message(type, into, r.limit, depth + 1, field.number);
    } else {
      const end = r.length() + r.pos;
      const outer = r.limit;
      r.limit = end;
      value = this.#message(type, into, end, depth + 1, 0);
      r.limit = outer;
    }
    if (field.repeated) this.#push(record, field, value);
    else if (into === undefined) this.#set(record, field, value);
    return true;
  }

  #enum(field: Field, wire: number, record: Members): boolean {
    const r = this.#r;
    if (wire === LEN && field.repeated) {
      const end = r.length() + r.pos;
      const outer = r.limit;
      r.limit = end;
      let strange: number[] | undefined;
      while (r.pos < end) {
        const number = r.uint32() | 0;
        if (field.enumeration!.closed && !field.enumeration!.names.has(number)) {
          strange ??= [];
          strange.push(number);
        } else this.#push(record, field, field.enumeration!.names.get(number) ?? number);
      }
      r.limit = outer;
      if (strange !== undefined) this.#strange = strange;
      return strange === undefined;
    }
    if (wire !== VARINT) return false;
    const number = r.uint32() | 0;
    const name = field.enumeration!.names.get(number);
    if (name === undefined && field.enumeration!.closed) return false;
    const value = name ?? number;
    if (field.repeated) this.#push(record, field, value);
    else this.#set(record, field, value);
    return true;
  }

  /** Numbers of a packed closed enum that are none of its own. */
  #strange: number[] | undefined;

  #unknownOf(field: Field, at: number, wire: number): Uint8Array {
    const strange = this.#strange;
    this.#strange = undefined;
    if (wire !== LEN || strange === undefined) return this.#r.bytes.subarray(at, this.#r.pos);
    const bytes: number[] = [];
    for (const number of strange) {
      varintBytes(bytes, BigInt(field.number) << 3n);
      varintBytes(bytes, BigInt.asUintN(64, BigInt(number)));
    }
    return Uint8Array.from(bytes);
  }

  #mapEntry(field: Field, record: Members, depth: number): boolean {
    const r = this.#r;
    const { key: keyField, value: valueField } = field.map!;
    this.#checkDepth(depth + 1);
    const end = r.length() + r.pos;
    const outer = r.limit;
    r.limit = end;
    const entry: Members = newRecord();
    let strange = false;
    while (r.pos < end) {
      const tag = r.tag();
      const number = tag >>> 3;
      const part = number === 1 ? keyField : number === 2 ? valueField : undefined;
      const at = r.pos;
      if (part === undefined || !this.#field(part, tag & 7, entry, depth + 1)) {
        r.pos = at;
        r.skip(tag, depth + 1, this.#check);
        if (part?.kind === 'enum' && (tag & 7) === VARINT) strange = true;
      }
    }
    r.limit = outer;
    if (strange) return false;
    const key = entry[keyField.key] ?? defaultOf(keyField);
    const value =
      entry[valueField.key] ??
      (valueField.kind === 'message' ? this.#empty(valueField.message!) : defaultOf(valueField));
    this.#options.budget.takeItems(1, `map ${field.name}`);
    this.#options.budget.takeBytes(SLOT_BYTES, `map ${field.name}`);
    if (typeof key === 'string') {
      let map = record[field.key] as Members | undefined;
      if (map === undefined) {
        map = newRecord();
        record[field.key] = map;
      }
      map[key] = value;
    } else this.#putPair(record, field, key, value);
    return true;
  }

  /** Indexes of keys, so that one that comes again is found. */
  readonly #pairs = new WeakMap<Pairs, Map<Value, number>>();

  #putPair(record: Members, field: Field, key: Value, value: Value): void {
    let pairs = record[field.key] as Pairs | undefined;
    if (pairs === undefined) {
      pairs = new Pairs([]);
      record[field.key] = pairs;
    }
    let known = this.#pairs.get(pairs);
    if (known === undefined) {
      known = new Map(pairs.entries.map(([each], i) => [each, i]));
      this.#pairs.set(pairs, known);
    }
    // Made here, and not yet out of our hands.
    const entries = pairs.entries as (readonly [Value, Value])[];
    const index = known.get(key) ?? entries.length;
    known.set(key, index);
    entries[index] = [key, value];
  }

  #empty(type: MessageType): Members {
    const record = newRecord();
    if (this.#options.defaults) fillDefaults(record, type);
    return record;
  }

  #messageSetItem(type: MessageType, record: Members, depth: number, start: number): Uint8Array | undefined {
    const r = this.#r;
    this.#checkDepth(depth);
    let number = 0;
    let content: { at: number; end: number } | undefined;
    while (true) {
      const at = r.pos;
      const tag = r.tag();
      if ((tag & 7) === EGROUP) {
        if (tag >>> 3 !== MESSAGE_SET_ITEM) throw r.corrupt('read message set: another group ends', at);
        break;
      }
      if (tag === ((MESSAGE_SET_TYPE << 3) | VARINT)) number = r.uint32();
      else if (tag === ((MESSAGE_SET_CONTENT << 3) | LEN)) {
        const length = r.length();
        content ??= { at: r.pos, end: r.pos + length };
        r.pos += length;
      } else r.skip(tag, depth, this.#check);
    }
    const field = type.byNumber.get(number);
    if (field?.message === undefined || content === undefined) return r.bytes.subarray(start, r.pos);
    const { pos, limit } = r;
    r.pos = content.at;
    r.limit = content.end;
    const known = record[field.key];
    const value = this.#message(field.message, known as Members | undefined, content.end, depth + 1, 0);
    if (known === undefined) record[field.key] = value;
    r.pos = pos;
    r.limit = limit;
    return undefined;
  }

  #set(record: Members, field: Field, value: Value): void {
    for (const other of field.others) if (record[other.key] !== undefined) delete record[other.key];
    record[field.key] = value;
  }

  #push(record: Members, field: Field, value: Value): void {
    const { budget } = this.#options;
    budget.takeItems(1, `field ${field.name}`);
    budget.takeBytes(SLOT_BYTES, `field ${field.name}`);
    const list = record[field.key] as Value[] | undefined;
    if (list === undefined) record[field.key] = [value];
    else list.push(value);
  }

  #keep(unknown: Uint8Array[] | undefined, part: Uint8Array): Uint8Array[] | undefined {
    const { unknown: mode, dropped, budget } = this.#options;
    if (mode === 'drop') {
      dropped?.(1);
      return undefined;
    }
    budget.takeBytes(part.length + SLOT_BYTES, 'unknown fields');
    if (unknown === undefined) return [part];
    unknown.push(part);
    return unknown;
  }

  #storeUnknown(record: Members, parts: readonly Uint8Array[]): void {
    const known = record[UNKNOWN];
    const all = known instanceof Uint8Array ? [known, ...parts] : parts;
    const joined = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of all) {
      joined.set(part, at);
      at += part.length;
    }
    record[UNKNOWN] = joined;
  }

  #checkDepth(depth: number): void {
    this.#options.budget.checkDepth(depth, 'messages');
    if (depth > DEPTH_LIMIT) {
      throw new FormatError('limit', `read messages: nested deeper than ${DEPTH_LIMIT} levels`, {
        format: 'protobuf',
        offset: this.#r.base + this.#r.pos,
      });
    }
  }
}

/** Gives every field without presence its default, in the order of their numbers. */
function fillDefaults(record: Members, type: MessageType): void {
  for (const field of type.fields) {
    if (field.map !== undefined)
      record[field.key] = field.map.key.kind === 'string' ? newRecord() : new Pairs([]);
    else if (field.repeated) {
      const dtype = DTYPE[field.kind];
      record[field.key] = dtype === undefined ? [] : new NumberList(field.kind).array();
    } else if (field.presence === 'implicit') record[field.key] = defaultOf(field);
  }
}

function varintBytes(bytes: number[], value: bigint): void {
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
}
