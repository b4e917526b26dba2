import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLab, isNDArray, isTable, toNested, toRows, type Value } from '@formatlab/core';
import { json } from '@formatlab/json';
import type { Corpus, CorpusCase } from '../corpus.js';

const PARSING = 'json/JSONTestSuite/test_parsing';
const CHECKER = 'json/nativejson-benchmark/data/jsonchecker';
const ROUND_TRIPS = 'json/nativejson-benchmark/data/roundtrip';

const lab = createLab([json]);

export const jsonCorpus: Corpus = { format: 'json', peer: 'JSON.parse', cases };

/**
 * JSONTestSuite by the first letter of each name (`i_` is left to the reader: not counted), the checker's files
 * by theirs, and documents that have to be written as they were read.
 */
function* cases(folder: string): Iterable<CorpusCase> {
  for (const [place, name] of filesOf(folder)) {
    const bytes = readFileSync(join(folder, place, name));
    const kind = kindOf(name);
    if (kind === undefined) continue;
    const byParse = (): unknown => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    yield {
      file: `${place}/${name}`,
      kind,
      async ours() {
        const value = await lab.decode(bytes, { format: 'json', options: { nan: 'refuse' } });
        if (kind === 'invalid') return undefined;
        return place === ROUND_TRIPS ? rewritten(value, bytes) : difference(value, byParse());
      },
      peer() {
        const value = byParse();
        return place === ROUND_TRIPS ? sameText(JSON.stringify(value), bytes) : undefined;
      },
    };
  }
}

function filesOf(folder: string): [string, string][] {
  return [PARSING, CHECKER, ROUND_TRIPS].flatMap((place) =>
    readdirSync(join(folder, place))
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name): [string, string] => [place, name]),
  );
}

/** The checker excludes two files itself: a text at the root and a limit of depth were once refused. */
function kindOf(name: string): 'valid' | 'invalid' | undefined {
  if (/^(y_|pass|roundtrip)/.test(name)) return 'valid';
  return /^(n_|fail\d+\.)/.test(name) ? 'invalid' : undefined;
}

async function rewritten(value: Value, bytes: Uint8Array): Promise<string | undefined> {
  return sameText(Buffer.from(await lab.encode(value, 'json')).toString(), bytes);
}

function sameText(found: string, bytes: Uint8Array): string | undefined {
  const wanted = Buffer.from(bytes).toString();
  return found.trim() === wanted.trim() ? undefined : `'${wanted}' was written as '${found}'`;
}

/** `JSON.parse` rounds integers beyond 2^53: it is no judge of those, but no file here rests on one alone. */
function difference(value: Value, wanted: unknown): string | undefined {
  const found = JSON.stringify(plain(value));
  const answer = JSON.stringify(wanted);
  return found === answer ? undefined : `${answer} came back as ${found}`;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  // An NDArray or a Table is a value.
  if (isNDArray(value as Value)) return plain(toNested(value as never));
  if (isTable(value as Value)) return plain(toRows(value as never));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
