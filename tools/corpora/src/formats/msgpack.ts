import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLab,
  isNDArray,
  isPairs,
  isTable,
  isTagged,
  toNested,
  toRows,
  type Value,
} from '@formatlab/core';
import { msgpack } from '@formatlab/msgpack';
import { unpack } from 'msgpackr';
import type { Corpus, CorpusCase } from '../corpus.js';

const SUITE = 'msgpack/msgpack-test-suite/dist/msgpack-test-suite.json';

/** One value of the suite, under the name of its kind, and every way to write it. */
type Entry = { readonly msgpack: readonly string[] } & Readonly<Record<string, unknown>>;

const lab = createLab([msgpack]);

export const msgpackCorpus: Corpus = { format: 'msgpack', peer: 'msgpackr', cases };

function* cases(folder: string): Iterable<CorpusCase> {
  const suite = JSON.parse(readFileSync(join(folder, SUITE), 'utf8')) as Record<string, Entry[]>;
  for (const [group, entries] of Object.entries(suite)) {
    for (const [index, entry] of entries.entries()) {
      // The first name that is known: a bignum also has a rounded number.
      const kind = KINDS.find((name) => name in entry)!;
      for (const text of entry.msgpack) {
        const bytes = Uint8Array.from(text.split('-'), (byte) => Number.parseInt(byte, 16));
        yield {
          file: `${SUITE}#${group}/${index}/${text}`,
          kind: 'valid',
          async ours() {
            return difference(ourForm(await lab.decode(bytes, { format: 'msgpack' })), kind, entry[kind]);
          },
          peer: () => difference(peerForm(unpack(bytes)), kind, entry[kind]),
        };
      }
    }
  }
}

const KINDS = [
  'nil',
  'bool',
  'binary',
  'bignum',
  'number',
  'string',
  'array',
  'map',
  'timestamp',
  'ext',
] as const;

function difference(found: unknown, kind: string, wanted: unknown): string | undefined {
  const answer = JSON.stringify(wanted);
  const text = JSON.stringify(kind === 'bignum' ? String(found) : found);
  return text === answer ? undefined : `${kind} ${answer} came back as ${text}`;
}

function ourForm(value: Value): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (value instanceof Date) return stamp(BigInt(value.getTime()) * 1_000_000n);
  // Beyond the nanoseconds of an int64 it is [seconds, nanoseconds].
  if (isTagged(value) && value.tag === 'timestamp') return ourForm(value.value);
  if (isTagged(value))
    return [Number(value.attributes?.type ?? value.tag.replace(/\D+/g, '')), ourForm(value.value)];
  if (isPairs(value)) return value.entries.map(([key, member]) => [ourForm(key), ourForm(member)]);
  if (isTable(value)) return toRows(value);
  if (isNDArray(value)) {
    if (value.dtype !== 'datetime64') return toNested(value);
    return value.shape.length === 0 ? stamp(value.data[0] as bigint) : toNested(value);
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(ourForm);
  return value;
}

/** Seconds, and nanoseconds that are never negative. */
function stamp(nanoseconds: bigint): readonly [number, number] {
  const rest = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return [Number((nanoseconds - rest) / 1_000_000_000n), Number(rest)];
}

function peerForm(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof Uint8Array) return hex(value);
  if (value instanceof Date) return stamp(BigInt(value.getTime()) * 1_000_000n);
  if (value !== null && typeof value === 'object' && 'type' in value && 'data' in value)
    return [value.type, peerForm(value.data)];
  return value;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('-');
}
