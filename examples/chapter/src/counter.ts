import { statSync } from 'node:fs';
import { childPath, ndarray, splitPath } from '@formatlab/core';
import { lab, show } from './lab.js';

/**
 * Named counters in one file: each name given is made if it is missing, or else goes up by one in place; without
 * names all are printed.
 */
export async function counter(path: string, names: readonly string[], print = console.log): Promise<void> {
  const counts =
    (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0
      ? await readCounts(path)
      : new Map<string, bigint>();
  if (names.length === 0) {
    for (const [name, count] of counts) print(`${name}: ${count}`);
    return;
  }
  const file = await lab.edit(path);
  for (const name of names) {
    const count = (counts.get(name) ?? 0n) + 1n;
    await file.put(childPath('', name), ndarray(BigInt64Array.of(count)));
    print(`${name}: ${count}`);
  }
  await file.commit();
  await file.close();
}

async function readCounts(path: string): Promise<Map<string, bigint>> {
  const file = await lab.open(path);
  const counts = new Map<string, bigint>();
  for (const entry of await file.entries()) {
    const [count] = [show(await file.read(entry.path))].flat();
    counts.set(splitPath(entry.path).join('/'), BigInt(count as bigint));
  }
  await file.close();
  return counts;
}
