import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFormatError } from '@formatlab/core';
import { countValues, type Description, describe } from './describe.js';
import { lab } from './formats.js';

export interface Result {
  readonly format: string;
  readonly file: string;
  readonly values: number;
  /** Null where nothing differs. */
  readonly problem: string | null;
}

interface TheirFile {
  readonly format: string;
  readonly file: string;
  readonly path: string;
  readonly expected: Description;
}

/** Reads every file of Python's manifest, found out by its content, and compares it with its description. */
export async function readTheirs(folder: string): Promise<Result[]> {
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as TheirFile[];
  const results: Result[] = [];
  for (const { format, file, path, expected } of manifest)
    results.push({
      format,
      file,
      values: countValues(expected),
      problem: await judge(format, path, expected),
    });
  return results;
}

async function judge(format: string, path: string, expected: Description): Promise<string | null> {
  try {
    const detected = (await lab.detect(path)).format.id;
    if (detected !== format) return `detected as ${detected}`;
    return differenceOf(describe(await lab.load(path)), expected, '');
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return error.message;
  }
}

function differenceOf(ours: unknown, theirs: unknown, path: string): string | null {
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    if (ours.length !== theirs.length) return `${path}: ${ours.length} items, Python has ${theirs.length}`;
    for (let i = 0; i < ours.length; i++) {
      const found = differenceOf(ours[i], theirs[i], `${path}/${i}`);
      if (found !== null) return found;
    }
    return null;
  }
  if (typeof ours === 'object' && ours !== null && typeof theirs === 'object' && theirs !== null) {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const found = differenceOf(
        (ours as Record<string, unknown>)[key],
        (theirs as Record<string, unknown>)[key],
        `${path}/${key}`,
      );
      if (found !== null) return found;
    }
    return null;
  }
  return ours === theirs ? null : `${path}: ${short(ours)}, Python has ${short(theirs)}`;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length < 100 ? text : `${text.slice(0, 97)}…`;
}
