import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Message } from './child.js';

/** How a conversion went. */
export interface Converted {
  readonly seconds: number;
  /** Most bytes that its process had in memory. */
  readonly peak: number;
  readonly losses: number;
}

/** @param share of the work, 0 to 1 */
export type Report = (share: number) => void;

/** The share of a conversion that is the first pass over the input, where there is one. */
const FIRST_PASS = 0.3;

/** Converts a file in a process of its own. @throws Error where that process fails */
export function convertInChild(from: string, to: string, report: Report): Promise<Converted> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('../dist/child.js', import.meta.url)), [from, to], {
      execArgv: [],
    });
    let result: Converted | undefined;
    let scanned = 0;
    child.on('message', (message: Message) => {
      if (message.kind === 'done') result = message;
      else if (message.total !== undefined) {
        const share = message.done / message.total;
        if (message.kind === 'reading') scanned = FIRST_PASS;
        report(message.kind === 'reading' ? share * FIRST_PASS : scanned + share * (1 - scanned));
      }
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (result !== undefined && code === 0) resolve(result);
      else reject(new Error(`convert '${from}' to '${to}': the process ended with ${signal ?? code}`));
    });
  });
}
