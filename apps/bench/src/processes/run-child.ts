import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../results/record.js';
import type { ChildMessage, Job, JobResults } from './job.js';

export type ChildOutcome<R> =
  | { readonly ok: true; readonly result: R }
  | {
      readonly ok: false;
      readonly failure: Failure;
      readonly code: string | undefined;
      readonly reason: string;
    };

export interface ChildOptions {
  readonly timeoutMs: number;
  readonly onMessage?: (message: ChildMessage) => void;
  /** Called when a job that is done in turns waits; `go` lets it do one step. */
  readonly onReady?: (go: () => void) => void;
  /** For Node.js, besides `--expose-gc`. */
  readonly execArgv?: readonly string[];
}

const CHILD = fileURLToPath(new URL('../child.js', import.meta.url));
/** What a child starts stays in the child's process group, and ends with it. */
const DETACHED = process.platform !== 'win32' && process.argv[1] !== CHILD;
const STDERR_KEPT = 16_384;
const running = new Set<ChildProcess>();

/** Does a job in a fresh process. Time-outs, crashes and lack of memory are outcomes, not errors. */
export function runChild<K extends Job['kind']>(
  job: Extract<Job, { kind: K }>,
  options: ChildOptions,
): Promise<ChildOutcome<JobResults[K]>> {
  const child = startChild(options.execArgv, ['ignore', 'ignore', 'pipe', 'ipc']);
  return new Promise((resolve) => {
    let stderr = '';
    let timedOut = false;
    let last: ChildOutcome<JobResults[K]> | undefined;
    const timer = setTimeout(() => {
      timedOut = true;
      killChild(child);
    }, options.timeoutMs);
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-STDERR_KEPT);
    });
    child.on('message', (message: ChildMessage) => {
      options.onMessage?.(message);
      if (message.type === 'ready') options.onReady?.(() => child.send('go', () => {}));
      // The child answers a job of kind K with its own result.
      if (message.type === 'result') last = { ok: true, result: message.result as JobResults[K] };
      if (message.type === 'error')
        last = { ok: false, failure: failureOf(message), code: message.code, reason: message.line };
    });
    // 'close' and not 'exit': only then is everything that was said on stderr here.
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (timedOut)
        resolve({
          ok: false,
          failure: 'timeout',
          code: undefined,
          reason: `took longer than ${options.timeoutMs / 1000} s`,
        });
      else resolve(last ?? endedEarly(code, signal, stderr));
    });
    send(child, job);
  });
}

/** A fresh process that waits for its job. In a group of its own, so that what it starts ends with it. */
export function startChild(
  execArgv: readonly string[] = [],
  stdio: StdioOptions = ['ignore', 'ignore', 'ignore', 'ipc'],
): ChildProcess {
  const child = fork(CHILD, [], {
    stdio,
    serialization: 'advanced',
    execArgv: ['--expose-gc', ...execArgv],
    detached: DETACHED,
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  // A process that could not be started is reported by 'close'.
  child.on('error', () => {});
  return child;
}

/** A child that ended before it got its job is reported by its end. */
export function send(child: ChildProcess, job: Job): void {
  child.send(job, () => {});
}

/** Ends every child of this process: for the handlers of signals. */
export function killAllChildren(): void {
  for (const child of running) killChild(child);
}

export function killChild(child: ChildProcess): void {
  try {
    if (DETACHED && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended already.
  }
}

function failureOf(message: { code: string | undefined; line: string }): Failure {
  return /array buffer allocation failed|out of memory/i.test(message.line) ? 'out-of-memory' : 'error';
}

function endedEarly(code: number | null, signal: NodeJS.Signals | null, stderr: string): ChildOutcome<never> {
  if (/heap out of memory|allocation failed/i.test(stderr)) {
    return { ok: false, failure: 'out-of-memory', code: undefined, reason: 'the process ran out of memory' };
  }
  if (signal === 'SIGKILL')
    return {
      ok: false,
      failure: 'out-of-memory',
      code: undefined,
      reason: 'killed by the system, most likely for lack of memory',
    };
  const last = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  const how = signal === null ? `ended with exit code ${code}` : `ended by ${signal}`;
  return {
    ok: false,
    failure: 'crash',
    code: undefined,
    reason: `the process ${how}${last === '' ? '' : `: ${last.slice(0, 200)}`}`,
  };
}
