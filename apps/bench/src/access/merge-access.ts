import { existsSync, readFileSync } from 'node:fs';
import type { Machine } from '../results/record.js';
import { type Arrays, CONTAINERS } from './containers.js';
import type { AccessResults, ContainerResult } from './results.js';

/** Results of an earlier run of the same arrays on the same machine; undefined where there are none to go on with. */
export function earlierResults(path: string, arrays: Arrays, machine: Machine): AccessResults | undefined {
  if (!existsSync(path)) return undefined;
  let told: Partial<AccessResults>;
  try {
    told = JSON.parse(readFileSync(path, 'utf8')) as Partial<AccessResults>; // checked in the next lines
  } catch {
    return undefined;
  }
  const { kind, arrays: before, machine: where, containers } = told;
  const sameArrays =
    before?.count === arrays.count && before.rows === arrays.rows && before.columns === arrays.columns;
  const sameMachine = where?.fingerprint === machine.fingerprint && where.node === machine.node;
  return kind === 'access' && sameArrays && sameMachine && Array.isArray(containers)
    ? (told as AccessResults)
    : undefined;
}

/** New results in the place of earlier ones of the same container, in the order of the suite. */
export function mergedContainers(
  before: readonly ContainerResult[],
  now: readonly ContainerResult[],
): ContainerResult[] {
  const byId = new Map([...before, ...now].map((result) => [result.container.id, result]));
  const places = new Map(CONTAINERS.map(({ id }, place) => [id, place]));
  const placeOf = ({ container }: ContainerResult): number => places.get(container.id) ?? CONTAINERS.length;
  return [...byId.values()].sort((a, b) => placeOf(a) - placeOf(b));
}
