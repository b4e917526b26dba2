import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstDifference, isFormatError, isNDArray, isRecord, isTable, type Value } from '@formatlab/core';
import { lab } from './formats.js';
import { numbers, rows } from './scenarios.js';

const CHILD = fileURLToPath(new URL('../dist/child.js', import.meta.url));
/** The file is begun anew after as many kills, so that it stays small. */
const KILLS_PER_FILE = 10;
/** Milliseconds after the first write of a child. */
const LATEST_KILL = 40;

export interface Killed {
  readonly format: string;
  readonly kills: number;
  /** Of them those that landed between the begin and the end of a write. */
  readonly within: number;
  /** Times that the file was found in the state before the change under way. */
  readonly restored: number;
  readonly problems: readonly string[];
}

/** Kills processes that append to a file all the time, and reads what they leave. */
export async function killWriters(
  format: string,
  kills: number,
  random: () => number,
  onKill: (done: number) => void,
): Promise<Killed> {
  const folder = mkdtempSync(join(tmpdir(), 'crash-test-'));
  const problems: string[] = [];
  let within = 0;
  let restored = 0;
  let path = '';
  let entries = 0;
  try {
    for (let kill = 0; kill < kills; kill++) {
      if (kill % KILLS_PER_FILE === 0) {
        path = join(folder, `${kill}${extensionOf(format)}`);
        await lab.save(path, firstOf(format), { format });
        entries = 1;
      }
      const told = await runAndKill([format, path, String(entries)], random() * LATEST_KILL);
      if (told.error !== '') {
        problems.push(`kill ${kill}: the writer failed: ${told.error}`);
        break;
      }
      if (told.log.lastIndexOf('b') > told.log.lastIndexOf('e')) within++;
      const least = entries + (told.log.match(/c/g)?.length ?? 0);
      const found = await entriesOf(format, path, () => restored++);
      if (typeof found === 'string') {
        problems.push(`kill ${kill}: ${found}`);
        break;
      }
      // What was said to be in the file has to be there; one more may be, whose end was not told any more.
      if (found < least || found > least + 1)
        problems.push(`kill ${kill}: ${found} entries are there, ${least} were committed`);
      entries = found;
      onKill(kill + 1);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { format, kills, within, restored, problems };
}

function extensionOf(format: string): string {
  return format === 'numpy' ? '.npz' : lab.formats.get(format).extensions[0]!;
}

function isTableOnly(format: string): boolean {
  return !lab.formats.get(format).can.roots.includes('entries');
}

function firstOf(format: string): Value {
  if (!isTableOnly(format)) return { e0: numbers(0) };
  return format === 'text' ? numbers(0, 100) : rows(0, 100);
}

/** How many whole entries, or appended pieces, the file holds; in words what is wrong with it. */
async function entriesOf(format: string, path: string, onRecover: () => void): Promise<number | string> {
  let value: Value;
  try {
    value = await lab.load(path, { format, onRecover });
  } catch (error) {
    if (!isFormatError(error)) throw error;
    return `the file is lost: ${error.message}`;
  }
  if (isRecord(value)) {
    const count = Object.keys(value).length;
    for (let i = 0; i < count; i++)
      if (firstDifference(numbers(i), value[`e${i}`] ?? null) !== undefined)
        return `the value of e${i} is another`;
    return count;
  }
  const length = isTable(value) ? value.rows : isNDArray(value) ? value.shape[0]! : 0;
  const count = length / 100;
  if (!Number.isInteger(count)) return `a part of an append is there: ${length} rows`;
  for (let i = 0; i < count; i++) {
    const slice = [{ start: i * 100, stop: (i + 1) * 100 }];
    const piece = await readPiece(format, path, slice[0]!);
    const wanted = format === 'text' ? numbers(i, 100) : rows(i, 100);
    if (firstDifference(wanted, piece) !== undefined) return `the values of append ${i} are others`;
  }
  return count;
}

async function readPiece(
  format: string,
  path: string,
  span: { start: number; stop: number },
): Promise<Value> {
  const file = await lab.open(path, { format, onRecover() {} });
  try {
    return await file.read('', { slice: [span] });
  } finally {
    await file.close();
  }
}

/** Lets a child write, and kills it some time after it began. */
function runAndKill(
  args: readonly string[],
  delay: number,
): Promise<{ readonly log: string; readonly error: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    let log = '';
    let error = '';
    let timer: NodeJS.Timeout | undefined;
    child.stderr!.on('data', (chunk) => {
      error += String(chunk);
    });
    child.stdio[3]!.on('data', (chunk) => {
      log += String(chunk);
      timer ??= setTimeout(() => child.kill('SIGKILL'), delay);
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      resolve({ log, error: signal === 'SIGKILL' ? '' : error.slice(0, 500) || 'it ended by itself' });
    });
  });
}
