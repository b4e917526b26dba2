import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { JudgedLine } from './judge.js';

export interface CaseResult {
  readonly file: string;
  readonly kind: 'valid' | 'invalid';
  /** Null where the case went as it should. */
  readonly problem: string | null;
}

const JUDGE = fileURLToPath(new URL('./judge.js', import.meta.url));
/** No file here takes more than a second or two. */
const MOST_SECONDS_A_CASE = 60;

/**
 * Judges every case of a format in a process of its own: one that crashes or hangs is a failed case, and the
 * next process goes on behind it.
 */
export async function runCases(format: string, side: 'ours' | 'peer', folder: string): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  let next = 0;
  for (;;) {
    const ended = await runFrom(format, side, folder, next, results);
    if (ended === undefined) return results;
    next = ended;
  }
}

/** Undefined at the end of the corpus; else the case to go on with, behind one that ended the process. */
async function runFrom(
  format: string,
  side: string,
  folder: string,
  first: number,
  results: CaseResult[],
): Promise<number | undefined> {
  const child = spawn(process.execPath, [JUDGE, format, side, String(first), folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let noise = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    noise = (noise + text).slice(-2000);
  });
  const exit = new Promise<number | null>((resolve) => child.on('close', resolve));
  let open: Extract<JudgedLine, { begins: number }> | undefined;
  let late = false;
  const watch = setInterval(() => {
    late = true;
    child.kill('SIGKILL');
  }, MOST_SECONDS_A_CASE * 1000);
  for await (const text of createInterface({ input: child.stdout })) {
    const line = parsed(text);
    if (line === undefined) continue;
    watch.refresh();
    if ('begins' in line) open = line;
    else if (open !== undefined) {
      results.push({ file: open.file, kind: open.kind, problem: line.problem });
      open = undefined;
    }
  }
  const code = await exit;
  clearInterval(watch);
  if (open !== undefined) {
    const problem = late ? `took longer than ${MOST_SECONDS_A_CASE} s` : 'ended the process';
    results.push({ file: open.file, kind: open.kind, problem });
    return open.begins + 1;
  }
  if (code !== 0) throw new Error(`judge ${format} by ${side}: the process failed: ${noise.trim()}`);
  return undefined;
}

/** Libraries print to the terminal as well: such lines are passed by. */
function parsed(text: string): JudgedLine | undefined {
  if (!text.startsWith('{"')) return undefined;
  try {
    return JSON.parse(text) as JudgedLine;
  } catch {
    return undefined;
  }
}
