import { describe, expect, it } from 'vitest';
import { conformance, conformanceTests, type NamedTest, type Runner } from '../src/index.js';
import { toy } from './toy/format.js';

const SKIP_CHECK = 'skip: names tests of the kit, with reasons';

function checkOf(skip: Readonly<Record<string, string>>): NamedTest {
  return conformanceTests(toy, { skip }).find((test) => test.name === SKIP_CHECK)!;
}

describe('skip', () => {
  it('marks the test with the reason', () => {
    const tests = conformanceTests(toy, { skip: { 'tree: dates': 'the toy has no calendar' } });
    expect(tests.find((test) => test.name === 'tree: dates')?.skipped).toBe('the toy has no calendar');
  });

  it('is an error when it names no test', async () => {
    await expect(checkOf({ 'tree: datums': 'a misspelling' }).run()).rejects.toThrow(
      /skip 'tree: datums': no test of this name/,
    );
  });

  it('is an error without a reason', async () => {
    await expect(checkOf({ 'tree: dates': ' ' }).run()).rejects.toThrow(/skip 'tree: dates': needs a reason/);
  });

  it('is reported to the runner, not run', () => {
    const names: string[] = [];
    const skipped: string[] = [];
    const runner: Runner = {
      describe: (_name, body) => body(),
      it: Object.assign((name: string) => names.push(name), { skip: (name: string) => skipped.push(name) }),
    };
    conformance(toy, { runner, skip: { 'tree: dates': 'the toy has no calendar' } });
    expect(names).not.toContain('tree: dates');
    expect(names.length).toBeGreaterThan(200);
    expect(skipped).toEqual(['tree: dates (skipped: the toy has no calendar)']);
  });
});
