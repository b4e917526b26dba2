import { createHash, type Hash } from 'node:crypto';
import {
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  type NDArray,
  toCOrder,
  type Value,
} from '@formatlab/core';

export interface ValueDigest {
  /** SHA-256, in hex. */
  readonly sha256: string;
  /** Bytes of array elements, UTF-8 bytes of strings, 8 a number, 1 a boolean or null. */
  readonly bytes: number;
}

/** A digest over kinds, names, types, shapes and bits: equal values have the same one on every little-endian machine. */
export function hashValue(value: Value): ValueDigest {
  const walk = new Walk();
  walk.value(value);
  return walk.end();
}

class Walk {
  readonly #hash: Hash = createHash('sha256');
  readonly #seen = new Map<object, number>();
  #bytes = 0;

  end(): ValueDigest {
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes };
  }

  value(value: Value): void {
    if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
      const met = this.#seen.get(value);
      if (met !== undefined) {
        this.#mark(`reference ${met}`);
        return;
      }
      this.#seen.set(value, this.#seen.size);
    }
    const kind = kindOfValue(value);
    if (isNDArray(value)) this.#array(value);
    else if (Array.isArray(value)) {
      this.#mark(`list ${value.length}`);
      for (const item of value) this.value(item);
    } else if (isTable(value)) {
      this.#mark(`table ${value.rows} ${value.columns.length}`);
      for (const column of value.columns) {
        this.#mark(`${column.name} ${JSON.stringify(column.type)}`);
        if (column.valid !== undefined) this.#data(column.valid);
        this.value(column.values as Value);
      }
    } else if (isTagged(value)) {
      this.#mark(`tagged ${value.tag}`);
      this.value(value.value);
    } else if (isPairs(value)) {
      this.value(value.entries.flat());
    } else if (isRecord(value)) {
      const names = Object.keys(value);
      this.#mark(`record ${names.length}`);
      for (const name of names) {
        this.#mark(name);
        this.#bytes += Buffer.byteLength(name);
        this.value(value[name]!);
      }
    } else this.#scalar(kind, value);
  }

  #array(array: NDArray): void {
    this.#mark(`array ${array.dtype} ${array.unit ?? ''} ${array.shape.join(' ')}`);
    const { data } = toCOrder(array);
    if (Array.isArray(data)) for (const item of data as readonly Value[]) this.value(item);
    else this.#data(data as Uint8Array);
  }

  #scalar(kind: string, value: Value): void {
    if (typeof value === 'string') {
      this.#bytes += Buffer.byteLength(value);
      this.#mark(`s${value}`);
    } else if (value instanceof Uint8Array) {
      this.#mark(`bytes ${value.byteLength}`);
      this.#data(value);
    } else {
      this.#bytes += value === null || typeof value === 'boolean' ? 1 : 8;
      const text =
        value instanceof Date ? String(value.getTime()) : Object.is(value, -0) ? '-0' : String(value);
      this.#mark(`${kind} ${text}`);
    }
  }

  #data(data: Uint8Array): void {
    // The view's own bytes: `data` may be any typed array.
    this.#hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.#bytes += data.byteLength;
  }

  #mark(text: string): void {
    this.#hash.update(text).update('\0');
  }
}
