import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The Python to ask: the one named, else `FORMATLAB_PYTHON`, such as that of a virtual environment, or `python3`. */
export function pythonOf(named?: string): string {
  return named ?? process.env['FORMATLAB_PYTHON'] ?? 'python3';
}

/** A script of this package: it is kept as a file, and published with the sources. */
export function pythonScript(name: string): string {
  return fileURLToPath(new URL(`../../src/${name}`, import.meta.url));
}

/** What a Python says of modules: their versions, or why they can't be imported. */
export interface PythonModules {
  /** Version of Python; undefined where there is none. */
  readonly python: string | undefined;
  readonly versions: Readonly<Record<string, string>>;
  readonly absent: Readonly<Record<string, string>>;
}

const ASK = `
import importlib, json, platform, sys
versions, absent = {}, {}
for name in sys.argv[1:]:
    try:
        module = importlib.import_module(name)
        versions[name] = str(getattr(module, '__version__', getattr(module, 'sqlite_version', '')))
    except Exception as error:
        absent[name] = str(error).splitlines()[0] if str(error) else type(error).__name__
print(json.dumps({'python': platform.python_version(), 'versions': versions, 'absent': absent}))
`;

/** Asks once for all modules. */
export function askPython(python: string, modules: readonly string[]): PythonModules {
  const done = spawnSync(python, ['-c', ASK, ...modules], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (done.status === 0) return JSON.parse(done.stdout) as PythonModules; // what the script above prints
  const why =
    (done.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT' ? 'is not there' : 'does not run';
  const reason = `'${python}' ${why}`;
  return {
    python: undefined,
    versions: {},
    absent: Object.fromEntries(modules.map((name) => [name, reason])),
  };
}

/** A process of Python that answers each line with one. */
export interface PythonProcess {
  ask(question: object): Promise<Readonly<Record<string, unknown>>>;
  end(): void;
}

/** Starts a script and waits for its first answer. @throws Error with the last line that Python said */
export async function startPython(
  python: string,
  script: string,
  args: readonly string[],
): Promise<{ readonly process: PythonProcess; readonly first: Readonly<Record<string, unknown>> }> {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(python, [script, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-STDERR_KEPT);
  });
  // A process that could not be started ends its output at once.
  child.on('error', (error) => {
    said = error.message;
  });
  child.stdin.on('error', () => {});
  const closed = new Promise((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Readonly<Record<string, unknown>>> => {
    const { value, done } = await lines.next();
    if (done !== true) return JSON.parse(value) as Record<string, unknown>;
    await closed;
    const last = said.trim().split('\n').at(-1);
    throw new Error(`Python ended early: ${last === undefined || last === '' ? 'it said nothing' : last}`);
  };
  const first = await answer();
  return {
    first,
    process: {
      ask(question) {
        child.stdin.write(`${JSON.stringify(question)}\n`);
        return answer();
      },
      end: () => void child.stdin.end(),
    },
  };
}

const STDERR_KEPT = 16_384;
