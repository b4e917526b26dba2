import { isNDArray, isRecord, isTable, newRecord, type Value, type ValueRecord } from '@formatlab/core';
import type { Rules } from '../options.js';
import type { FloatMarks } from '../parse/nodes.js';
import { arrayOfLists } from './array-of-lists.js';
import { tableOfMaps } from './table-of-maps.js';

type Wanted = Pick<Rules, 'arrays' | 'tables'>;

/** Arrays and tables in the places where the rules look for them: lists that are none stay as they are. */
export function shapeRoot(root: Value, rules: Wanted, marks: FloatMarks): Value {
  if (rules.arrays === 'always' || rules.tables === 'always') return shapeAll(root, rules, marks);
  if (Array.isArray(root)) return shaped(root, rules, marks) ?? root;
  return shapeEntries(root, rules, marks) ?? root;
}

/** The array or table that a list is read as; undefined where it stays a list. */
export function shaped(list: readonly Value[], rules: Wanted, marks: FloatMarks): Value | undefined {
  if (list.length === 0) return undefined;
  if (isRecord(list[0])) return rules.tables === 'never' ? undefined : tableOfMaps(list, marks);
  return rules.arrays === 'never' ? undefined : arrayOfLists(list, marks);
}

/** A record of which every member is an array or a table. */
function shapeEntries(root: Value, rules: Wanted, marks: FloatMarks): ValueRecord | undefined {
  if (!isRecord(root)) return undefined;
  const entries = newRecord();
  let count = 0;
  for (const [name, member] of Object.entries(root)) {
    const entry = Array.isArray(member) ? shaped(member, rules, marks) : undefined;
    // Tags make arrays and tables too.
    if (entry === undefined && !isNDArray(member) && !isTable(member)) return undefined;
    entries[name] = entry ?? member;
    count++;
  }
  return count === 0 ? undefined : entries;
}

function shapeAll(value: Value, rules: Wanted, marks: FloatMarks): Value {
  if (Array.isArray(value)) {
    const list = value as readonly Value[];
    return shaped(list, placesOf(rules), marks) ?? list.map((item) => shapeAll(item, rules, marks));
  }
  if (!isRecord(value)) return value;
  const record = newRecord();
  for (const [name, member] of Object.entries(value)) record[name] = shapeAll(member, rules, marks);
  return record;
}

/** Of the two, only what is wanted always is looked for everywhere. */
function placesOf(rules: Wanted): Wanted {
  return {
    arrays: rules.arrays === 'always' ? 'always' : 'never',
    tables: rules.tables === 'always' ? 'always' : 'never',
  };
}
