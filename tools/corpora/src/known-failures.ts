import { readFileSync } from 'node:fs';
import type { CaseResult } from './run-cases.js';

const LIST = new URL('../known-failures.json', import.meta.url);

/** Reasons by format and file. */
type KnownFailures = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Failures that are not listed, and listed ones that no longer fail: each one line. */
export function compareWithKnown(format: string, results: readonly CaseResult[]): readonly string[] {
  const known = (JSON.parse(readFileSync(LIST, 'utf8')) as KnownFailures)[format] ?? {};
  const failed = new Map(
    results.filter(({ problem }) => problem !== null).map(({ file, problem }) => [file, problem]),
  );
  const files = new Set(results.map(({ file }) => file));
  return [
    ...[...failed].filter(([file]) => !(file in known)).map(([file, problem]) => `${file}: ${problem}`),
    ...Object.keys(known)
      .filter((file) => files.has(file) && !failed.has(file))
      .map((file) => `${file}: is listed as a known failure and went right: take it off the list`),
  ];
}

export function reasonOf(format: string, file: string): string | undefined {
  return (JSON.parse(readFileSync(LIST, 'utf8')) as KnownFailures)[format]?.[file];
}
