/** One check of the kit. */
export interface NamedTest {
  /** Unique within a format: what failure reports show, and what `skip` names. */
  readonly name: string;
  readonly timeoutMs: number;
  /** Resolves when the check passes. @throws Error that says what was expected and what was found */
  run(): Promise<void>;
  /** Why it is not run. */
  readonly skipped?: string;
}

type Register = (name: string, body: () => void | Promise<void>, timeoutMs?: number) => unknown;

/** What the kit needs of a test runner: vitest and node:test have it. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  it: Register & { readonly skip?: (name: string, body: () => void | Promise<void>) => unknown };
}

const TIMEOUT_MS = 60_000;

/** The checks of one format, in the order in which they are registered. */
export class Suite {
  readonly #tests = new Map<string, NamedTest>();
  readonly #skip: Readonly<Record<string, string>>;

  constructor(skip: Readonly<Record<string, string>> = {}) {
    this.#skip = skip;
  }

  add(name: string, body: () => void | Promise<void>, timeoutMs = TIMEOUT_MS): void {
    if (this.#tests.has(name)) throw new Error(`add test '${name}': the name stands twice`);
    const skipped = Object.hasOwn(this.#skip, name) ? this.#skip[name]! : undefined;
    const run = async (): Promise<void> => body();
    this.#tests.set(name, { name, timeoutMs, run, ...(skipped === undefined ? {} : { skipped }) });
  }

  /** All checks, and one that fails when `skip` names none of them or gives no reason. */
  tests(): readonly NamedTest[] {
    const name = 'skip: names tests of the kit, with reasons';
    const run = async (): Promise<void> => {
      for (const [skipped, reason] of Object.entries(this.#skip)) {
        if (!this.#tests.has(skipped))
          throw new Error(`skip '${skipped}': no test of this name; it may pass now or be spelt differently`);
        if (reason.trim() === '') throw new Error(`skip '${skipped}': needs a reason`);
      }
    };
    return [...this.#tests.values(), { name, timeoutMs: TIMEOUT_MS, run }];
  }
}

/** Hands the checks to a runner; skipped ones with their reason, so that reports show them. */
export function register(runner: Runner, title: string, tests: readonly NamedTest[]): void {
  runner.describe(title, () => {
    for (const test of tests) {
      if (test.skipped === undefined) runner.it(test.name, () => test.run(), test.timeoutMs);
      else if (runner.it.skip !== undefined)
        runner.it.skip(`${test.name} (skipped: ${test.skipped})`, () => {});
      else runner.it(`${test.name} (skipped: ${test.skipped})`, () => {});
    }
  });
}
