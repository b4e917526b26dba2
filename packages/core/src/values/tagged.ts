import { BRAND, brandOf } from './brand.js';
import type { Value } from './value.js';

/**
 * What JavaScript has no type for: a tuple, set, complex number, global, foreign object, sparse or n-d
 * structured array. `tag` says what it is (`tuple`, `set`, `complex`), `value` holds its parts.
 */
export class Tagged {
  readonly tag: string;
  readonly value: Value;
  readonly attributes: { readonly [name: string]: Value } | undefined;

  constructor(tag: string, value: Value, attributes?: { readonly [name: string]: Value }) {
    this.tag = tag;
    this.value = value;
    this.attributes = attributes;
  }

  get [BRAND](): 'tagged' {
    return 'tagged';
  }
}

export function isTagged(value: unknown): value is Tagged {
  return brandOf(value) === 'tagged';
}

/** A map whose keys are not all strings, in the file's order. */
export class Pairs {
  readonly entries: readonly (readonly [Value, Value])[];

  constructor(entries: readonly (readonly [Value, Value])[]) {
    this.entries = entries;
  }

  get [BRAND](): 'pairs' {
    return 'pairs';
  }
}

export function isPairs(value: unknown): value is Pairs {
  return brandOf(value) === 'pairs';
}
