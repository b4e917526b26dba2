import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildJob } from './hostile-child.js';
import { type Attack, hostileInputs } from './hostile-inputs.js';
import type { AttackResult } from './hostile-run.js';
import type { ChildModule, Subject } from './subject.js';

/** The built script, also when this file runs from source under a test runner. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? '../dist/hostile-child.js' : './hostile-child.js',
  import.meta.url,
);
/** JavaScript objects that a damaged small file may cost, garbage included. */
const HEAP_MIB = 512;
/** Resident memory that it may cost over the whole attack: budget, garbage, and what the allocator keeps. */
const MOST_PEAK = 512 * 2 ** 20;
const STARTUP_MS = 30_000;
const POLL_MS = 200;

/** Runs an attack in a process of its own, which is killed when one input takes longer than the deadline. */
export async function attackInChild(
  subject: Subject,
  child: string | URL | ChildModule,
  attack: Attack,
  file: Uint8Array,
  deadlineMs: number,
): Promise<AttackResult> {
  const folder = mkdtempSync(join(tmpdir(), 'formatlab-hostile-'));
  const progress = join(folder, 'index');
  writeFileSync(progress, new Uint8Array(4).fill(0xff));
  const module = typeof child === 'string' || child instanceof URL ? { url: child } : child;
  const job: ChildJob = {
    url: String(module.url),
    exportName: module.exportName ?? subject.id,
    engine: subject.given.engine,
    options: subject.given.options ?? {},
    attack,
    file,
    deadlineMs,
    progress,
  };
  try {
    return await supervise(job, () => readFileSync(progress).readUInt32LE(0));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const NOT_STARTED = 0xffffffff;

function supervise(job: ChildJob, indexNow: () => number): Promise<AttackResult> {
  return new Promise((resolve, reject) => {
    const child = fork(SCRIPT, [], {
      execArgv: [`--max-old-space-size=${HEAP_MIB}`],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = `${errors}${chunk}`.slice(-2000);
    });
    let killed = false;
    const watch = watchIndex(indexNow, job.deadlineMs, () => {
      killed = true;
      child.kill('SIGKILL');
    });
    let answer: (AttackResult & { readonly failed?: string; readonly peakGrowth: number }) | undefined;
    child.on('message', (message) => {
      // The only message that the script sends.
      answer = message as typeof answer;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      const index = indexNow();
      if (answer?.failed !== undefined)
        reject(new Error(`try hostile input in a child process: ${answer.failed}`));
      else if (answer !== undefined) resolve(withPeak(answer));
      else if (index === NOT_STARTED)
        reject(
          new Error(
            `start a child process on '${job.url}': ended with ${signal ?? code} before the first input; ${errors.trim()}`,
          ),
        );
      else {
        const problem = killed
          ? `hangs: the process was killed after ${job.deadlineMs} ms without progress`
          : `ended the process with ${signal ?? `exit code ${code}`}: ${lastLine(errors)}`;
        resolve({
          tried: index + 1,
          problems: [{ input: hostileInputs(job.attack, job.file)[index]!.name, problem }],
        });
      }
    });
    child.send(job);
  });
}

/** Calls `onStall` when the index stays the same for longer than an input may take, decoded and opened. */
function watchIndex(indexNow: () => number, deadlineMs: number, onStall: () => void): NodeJS.Timeout {
  let last = NOT_STARTED;
  let since = performance.now();
  return setInterval(() => {
    const index = indexNow();
    if (index !== last) {
      last = index;
      since = performance.now();
    }
    if (performance.now() - since > (index === NOT_STARTED ? STARTUP_MS : 3 * deadlineMs)) onStall();
  }, POLL_MS);
}

function withPeak({
  tried,
  problems,
  peakGrowth,
}: AttackResult & { readonly peakGrowth: number }): AttackResult {
  if (peakGrowth <= MOST_PEAK) return { tried, problems };
  const problem = `the process took ${Math.round(peakGrowth / 2 ** 20)} MiB more than before the attack`;
  return { tried, problems: [...problems, { input: 'one of the inputs', problem }] };
}

function lastLine(text: string): string {
  return (
    text
      .trim()
      .split('\n')
      .filter((line) => !/^\s*at |^-+|^\s*$/.test(line))
      .at(0)
      ?.slice(0, 300) ?? ''
  );
}
