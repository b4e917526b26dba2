import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isPairs, isRecord, isTagged, type Value } from '@formatlab/core';
import { decodeYaml } from '@formatlab/yaml';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import type { Corpus, CorpusCase } from '../corpus.js';

const SUITE = 'yaml/yaml-test-suite-data';

export const yamlCorpus: Corpus = { format: 'yaml', peer: 'js-yaml', cases };

/** A folder a case: `in.yaml`, and `in.json` with its documents or `error` where there is none to be read. */
function* cases(folder: string): Iterable<CorpusCase> {
  for (const file of foldersOf(join(folder, SUITE), SUITE)) {
    const path = join(folder, file);
    const invalid = existsSync(join(path, 'error'));
    if (!invalid && !existsSync(join(path, 'in.json'))) continue;
    const bytes = readFileSync(join(path, 'in.yaml'));
    const wanted = invalid ? [] : jsonDocuments(readFileSync(join(path, 'in.json'), 'utf8'));
    yield {
      file,
      kind: invalid ? 'invalid' : 'valid',
      ours: () =>
        differenceFrom(
          wanted,
          (decodeYaml(bytes, { documents: 'list', arrays: 'never', tables: 'never' }) as Value[]).map(asJson),
        ),
      peer: () =>
        differenceFrom(wanted, loadAll(bytes.toString('utf8'), { schema: CORE_SCHEMA }).map(peerAsJson)),
    };
  }
}

function* foldersOf(path: string, file: string): Iterable<string> {
  if (existsSync(join(path, 'in.yaml'))) yield file;
  for (const name of readdirSync(path).sort())
    if (statSync(join(path, name)).isDirectory()) yield* foldersOf(join(path, name), `${file}/${name}`);
}

/** The texts of JSON that stand one behind the other. */
function jsonDocuments(text: string): unknown[] {
  const documents: unknown[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const end = endOfFirst(rest);
    documents.push(JSON.parse(rest.slice(0, end)));
    rest = rest.slice(end).trim();
  }
  return documents;
}

function endOfFirst(text: string): number {
  let depth = 0;
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]|[^\s[\]{}",:]+/g)) {
    if (match[0] === '[' || match[0] === '{') depth++;
    else if (match[0] === ']' || match[0] === '}') depth--;
    if (depth === 0) return match.index + match[0].length;
  }
  return text.length;
}

/** As JSON has it: tags dropped, keys as text. */
function asJson(value: Value): unknown {
  if (isTagged(value)) {
    if (value.tag === 'set' && Array.isArray(value.value))
      return Object.fromEntries(value.value.map((key: Value) => [keyText(key), null]));
    if (isPairs(value.value))
      return value.value.entries.map(([key, member]) => ({ [keyText(key)]: asJson(member) }));
    return asJson(value.value);
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(asJson);
  if (isPairs(value))
    return Object.fromEntries(value.entries.map(([key, member]) => [keyText(key), asJson(member)]));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asJson(member)]));
  return value;
}

function keyText(key: Value): string {
  return key === null ? '' : String(key);
}

function peerAsJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(peerAsJson);
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, member]) => [String(key), peerAsJson(member)]));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, peerAsJson(member)]));
  return value;
}

function differenceFrom(wanted: readonly unknown[], found: readonly unknown[]): string | undefined {
  const [left, right] = [canonical(wanted), canonical(found)];
  return left === right ? undefined : `${left} came back as ${right}`;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`)
      .join(',')}}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
