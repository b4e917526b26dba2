import { isRecord, newRecord, Pairs, type Value } from '@formatlab/core';

/** A map under construction: a record until a key comes that is no string, then pairs. */
export class MapBuilder {
  record: { [name: string]: Value } | undefined = newRecord();
  #entries: [Value, Value][] = [];
  #ids: Set<string> | undefined;

  /** Whether the key is there already. Lists and maps as keys are not compared. */
  has(key: Value): boolean {
    if (typeof key === 'string' && this.record !== undefined) return key in this.record;
    if (this.#ids === undefined) this.#toPairs();
    const id = idOf(key);
    return id !== undefined && this.#ids!.has(id);
  }

  set(key: Value, value: Value): void {
    if (typeof key === 'string' && this.record !== undefined) {
      this.record[key] = value;
      return;
    }
    if (this.#ids === undefined) this.#toPairs();
    const id = idOf(key);
    if (id !== undefined && this.#ids!.has(id)) {
      const entry = this.#entries.find(([known]) => idOf(known) === id)!;
      entry[1] = value;
      return;
    }
    if (id !== undefined) this.#ids!.add(id);
    this.#entries.push([key, value]);
  }

  value(): Value {
    return this.record ?? new Pairs(this.#entries);
  }

  #toPairs(): void {
    this.#entries = Object.entries(this.record!);
    this.#ids = new Set(this.#entries.map(([key]) => idOf(key)!));
    this.record = undefined;
  }
}

/** Members of a map, whichever of both it is. */
export function membersOf(value: Value): readonly (readonly [Value, Value])[] | undefined {
  if (value instanceof Pairs) return value.entries;
  return isRecord(value) ? Object.entries(value) : undefined;
}

function idOf(key: Value): string | undefined {
  if (typeof key === 'object' && key !== null)
    return key instanceof Date ? `date ${key.getTime()}` : undefined;
  return `${typeof key} ${Object.is(key, -0) ? 0 : String(key)}`;
}
