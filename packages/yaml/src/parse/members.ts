import type { Value } from '@formatlab/core';
import type { Cursor } from './cursor.js';
import { MapBuilder, membersOf } from './map-builder.js';
import type { Nodes } from './nodes.js';

/** The members of a map as they are read, and the maps merged into it (yaml.org/type/merge). */
export class Members {
  readonly #cursor: Cursor;
  readonly #nodes: Nodes;
  readonly #map = new MapBuilder();
  #merged: Value[] | undefined;
  #count = 0;

  constructor(cursor: Cursor, nodes: Nodes) {
    this.#cursor = cursor;
    this.#nodes = nodes;
  }

  /**
   * Adds a member whose value was the last node made.
   *
   * @param merges whether the name is `<<`, plain
   * @param at where the key stands
   * @throws FormatError `corrupt` for a key that is there already (YAML 1.2.2, section 3.2.1.3)
   */
  add(name: Value, value: Value, merges: boolean, at: number): void {
    const key = typeof name === 'string' ? this.#nodes.key(name) : name;
    this.#count++;
    if (merges && isMerged(value)) {
      this.#merged ??= [];
      this.#merged.push(value);
      return;
    }
    if (this.#map.has(key))
      throw this.#cursor.error(
        `the key ${typeof key === 'string' ? `'${key}'` : String(key)} stands twice in its map`,
        at,
      );
    this.#map.set(key, value);
    const { record } = this.#map;
    if (this.#nodes.float && record !== undefined) this.#nodes.marks.addMember(record, key as string);
  }

  value(): Value {
    this.#nodes.charge(this.#count);
    for (const value of this.#merged ?? []) {
      for (const source of Array.isArray(value) ? (value as readonly Value[]) : [value]) {
        const members = membersOf(source)!;
        this.#nodes.repeat(members.length);
        for (const [key, member] of members) if (!this.#map.has(key)) this.#map.set(key, member);
      }
    }
    return this.#map.value();
  }
}

function isMerged(value: Value): boolean {
  if (Array.isArray(value))
    return value.length > 0 && value.every((item: Value) => membersOf(item) !== undefined);
  return membersOf(value) !== undefined;
}
