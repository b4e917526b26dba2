import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FormatError } from '@formatlab/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CellRecord } from '../src/results/record.js';
import { newResultsFile, readResults } from '../src/results/results-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-results-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sample = readResults(new URL('fixtures/sample.jsonl', import.meta.url).pathname);
const [first, second] = sample.filter((record): record is CellRecord => record.kind === 'cell');

describe('the results file', () => {
  it('keeps of each cell the last line', () => {
    const file = newResultsFile(join(folder, 'a', 'results.jsonl'));
    for (const status of ['skipped', 'ok'] as const) file.add({ ...first!, status });
    file.add(second!);
    expect(readFileSync(file.path, 'utf8').trim().split('\n')).toHaveLength(3);
    const expected = [{ ...first!, status: 'ok' }, second!];
    expect(readResults(file.path)).toEqual(expected);
    expect(file.compact()).toEqual(expected);
    expect(readFileSync(file.path, 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('is read up to the line that a killed run cut off', () => {
    const path = join(folder, 'results.jsonl');
    newResultsFile(path).add(first!);
    appendFileSync(path, '{"kind":"cell","run":');
    expect(readResults(path)).toEqual([first]);
  });

  it('keeps the results of the run before', () => {
    const path = join(folder, 'results.jsonl');
    newResultsFile(path).add(first!);
    newResultsFile(path).add(second!);
    expect(readResults(`${path}.previous`)).toEqual([first]);
  });

  it.each([
    ['{"kind":"cell"\n{}', 'corrupt'],
    ['{}\n', 'corrupt'],
    ['null\n', 'corrupt'],
    ['', 'corrupt'],
    ['{"kind":"cell","schema":2}\n', 'unsupported'],
  ])('refuses %j', (text, code) => {
    const path = join(folder, 'bad.jsonl');
    writeFileSync(path, text);
    expect(() => readResults(path)).toThrow(expect.objectContaining({ code }) as FormatError);
  });

  it('says which file is missing', () => {
    expect(() => readResults(join(folder, 'none.jsonl'))).toThrow(/none.jsonl': no such file/);
  });
});
