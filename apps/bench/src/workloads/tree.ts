import { newRecord, type Value, type ValueRecord } from '@formatlab/core';
import { type Random, randomInteger, randomItem, seededRandom } from '../statistics/random.js';
import { numberOf, type Workload } from './workload.js';

/** A document like those of a package registry: nested records, lists, text in several scripts, numbers, nulls. */
export const tree: Workload = {
  id: 'tree',
  summary: 'a nested document like a package registry has (--count PACKAGES)',
  defaults: { count: 500 },
  quick: { count: 400 },
  operations: ['write', 'read', 'read-one'],
  title: (p) => `a nested document of ${p.count} packages`,
  label: (p) => String(p.count),
  build: (p, seed) => registry(numberOf(p, 'count'), seededRandom(seed)),
  access: (value) => {
    const packages = (value as ValueRecord).packages as readonly Value[];
    const middle = `/packages/${Math.floor(packages.length / 2)}`;
    return { entries: packages.length, readOne: [{ path: middle }], names: [], append: [], update: [] };
  },
};

const WORDS = [
  'array',
  'byte',
  'cache',
  'delta',
  'edge',
  'fast',
  'graph',
  'hash',
  'index',
  'json',
  'kernel',
  'lazy',
  'matrix',
  'node',
  'object',
  'parse',
  'query',
  'ring',
  'stream',
  'table',
  'unit',
  'vector',
  'wire',
  'zip',
];
const PEOPLE = [
  'Ana Núñez',
  '李雷',
  'Olga Петрова',
  'Jörg Weiß',
  'Amélie Dupont',
  'Ravi Kumar',
  'さくら 田中',
  'Tom O’Neill',
];
const LICENSES = ['MIT', 'Apache-2.0', 'BSD-3-Clause', 'ISC', null];
const HEX = '0123456789abcdef';

function registry(count: number, random: Random): Value {
  const names = Array.from(
    { length: count },
    (_, i) => `${randomItem(random, WORDS)}-${randomItem(random, WORDS)}-${i}`,
  );
  return record({
    registry: 'https://packages.example/v1',
    updated: '2026-03-01T04:05:06.789Z',
    schema: 3,
    packages: names.map((name, i) => onePackage(name, i, names, random)),
  });
}

function onePackage(name: string, index: number, names: readonly string[], random: Random): Value {
  const dependencies = newRecord();
  for (let i = randomInteger(random, 6); i > 0; i--)
    dependencies[randomItem(random, names)] = `^${version(random)}`;
  return record({
    name,
    version: version(random),
    description: sentence(8 + randomInteger(random, 12), random),
    keywords: Array.from({ length: randomInteger(random, 6) }, () => randomItem(random, WORDS)),
    license: randomItem(random, LICENSES),
    private: random() < 0.05,
    dependencies,
    maintainers: Array.from({ length: 1 + randomInteger(random, 3) }, () =>
      record({
        name: randomItem(random, PEOPLE),
        email: `${randomItem(random, WORDS)}@example.org`,
        since: 2009 + randomInteger(random, 17),
      }),
    ),
    dist: record({
      integrity: `sha512-${hex(64, random)}`,
      unpackedSize: randomInteger(random, 5_000_000),
      fileCount: 1 + randomInteger(random, 400),
      signatures: [record({ keyid: hex(16, random), sig: hex(40, random) })],
    }),
    downloads: Array.from({ length: 12 }, () => randomInteger(random, 100_000)),
    score: record({
      final: random(),
      quality: random(),
      popularity: random() / (index + 1),
      maintenance: Math.round(random() * 100) / 100,
    }),
    deprecated: random() < 0.1 ? sentence(5, random) : null,
  });
}

function record(members: { [name: string]: Value }): Value {
  return Object.assign(newRecord(), members);
}

function version(random: Random): string {
  return [randomInteger(random, 9), randomInteger(random, 30), randomInteger(random, 20)].join('.');
}

function sentence(words: number, random: Random): string {
  return Array.from({ length: words }, () => randomItem(random, WORDS)).join(' ');
}

function hex(length: number, random: Random): string {
  return Array.from({ length }, () => HEX[randomInteger(random, 16)]).join('');
}
