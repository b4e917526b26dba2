import { GrowingBytes } from '../growing-bytes.js';
import { THRIFT } from './decode.js';

const utf8 = new TextEncoder();

/** Writes structs in Thrift's compact protocol; field ids must rise within a struct. */
export class ThriftWriter {
  readonly out = new GrowingBytes(256);
  readonly #ids: number[] = [];
  #last = 0;

  bool(id: number, value: boolean): void {
    this.#header(id, value ? THRIFT.true : THRIFT.false);
  }

  i8(id: number, value: number): void {
    this.#header(id, THRIFT.byte);
    this.out.byte(value & 0xff);
  }

  i32(id: number, value: number): void {
    this.#header(id, THRIFT.i32);
    this.out.zigzag(value);
  }

  i64(id: number, value: number): void {
    this.#header(id, THRIFT.i64);
    this.out.zigzag(value);
  }

  binary(id: number, value: Uint8Array): void {
    this.#header(id, THRIFT.binary);
    this.#bytes(value);
  }

  text(id: number, value: string): void {
    this.binary(id, utf8.encode(value));
  }

  struct(id: number, fill: () => void): void {
    this.#header(id, THRIFT.struct);
    this.#nested(fill);
  }

  /** A list field; `fill` writes its items with the item methods. */
  list(id: number, type: number, size: number, fill: () => void): void {
    this.#header(id, THRIFT.list);
    this.listHeader(type, size);
    fill();
  }

  listHeader(type: number, size: number): void {
    if (size < 15) this.out.byte((size << 4) | type);
    else {
      this.out.byte(0xf0 | type);
      this.out.varint(size);
    }
  }

  i32Item(value: number): void {
    this.out.zigzag(value);
  }

  textItem(value: string): void {
    this.#bytes(utf8.encode(value));
  }

  structItem(fill: () => void): void {
    this.#nested(fill);
  }

  /** A field whose value was encoded before: `type` is its type code. */
  raw(id: number, type: number, value: Uint8Array): void {
    this.#header(id, type);
    this.out.bytes(value);
  }

  /** Ends the outermost struct. */
  finish(): Uint8Array {
    this.out.byte(THRIFT.stop);
    return this.out.taken();
  }

  #nested(fill: () => void): void {
    this.#ids.push(this.#last);
    this.#last = 0;
    fill();
    this.out.byte(THRIFT.stop);
    this.#last = this.#ids.pop()!;
  }

  #header(id: number, type: number): void {
    const delta = id - this.#last;
    if (delta > 0 && delta < 16) this.out.byte((delta << 4) | type);
    else {
      this.out.byte(type);
      this.out.zigzag(id);
    }
    this.#last = id;
  }

  #bytes(value: Uint8Array): void {
    this.out.varint(value.byteLength);
    this.out.bytes(value);
  }
}
