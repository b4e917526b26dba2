import { isFormatError } from '@formatlab/core';
import { CORPORA } from './corpora.js';
import { type CorpusCase, RIGHT_VALUE } from './corpus.js';

/** One line of what a judging process prints: which case it begins, then how that ended. */
export type JudgedLine =
  | { readonly begins: number; readonly file: string; readonly kind: 'valid' | 'invalid' }
  | { readonly ended: number; readonly problem: string | null };

// The work of a child process: every case from the given one on, of one format, by one side.
const [format, side, first, folder] = process.argv.slice(2);
const corpus = CORPORA.find((candidate) => candidate.format === format)!;
let index = -1;
for await (const one of corpus.cases(folder!)) {
  index += 1;
  if (index < Number(first)) continue;
  if (side === 'peer' && one.peer === undefined) continue;
  tell({ begins: index, file: one.file, kind: one.kind });
  tell({ ended: index, problem: await problemOf(one, side === 'peer') });
}

function tell(line: JudgedLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Null where the case went as it should. */
async function problemOf(one: CorpusCase, byPeer: boolean): Promise<string | null> {
  try {
    const found = await (byPeer ? one.peer!() : one.ours());
    if (one.kind === 'valid') return typeof found === 'string' ? cut(found) : null;
    return found === RIGHT_VALUE ? null : 'was read';
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (one.kind === 'valid') return cut(`not read: ${message}`);
    return byPeer || isFormatError(error) ? null : cut(`was refused by ${message}`);
  }
}

function cut(text: string): string {
  const line = text.replaceAll('\n', ' ');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
