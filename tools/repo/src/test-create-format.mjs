import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, root, run, tryRun } from './run.mjs';

// In a clone of this checkout: a new format under several names passes its tests and stands in the bench's list.
const clone = mkdtempSync(join(tmpdir(), 'formatlab-clone-'));
const names = process.argv.length > 2 ? process.argv.slice(2) : ['toml', 'my-own-format', 'class'];
run('git', ['clone', '--quiet', '--local', root, clone]);
const inClone = { cwd: clone };
const results = [];
for (const name of names) {
  const started = Date.now();
  const made = tryRun('npm', ['run', '--silent', 'create-format', name], inClone) === 0;
  const tested = made && tryRun('npm', ['test', '--silent', '--', `packages/${name}`], inClone) === 0;
  const listed =
    made &&
    (capture(process.execPath, ['apps/bench/bin/formatlab-bench.js', 'list'], inClone) ?? '').includes(name);
  const clean =
    made &&
    tryRun(
      process.execPath,
      ['node_modules/@biomejs/biome/bin/biome', 'lint', `packages/${name}`],
      inClone,
    ) === 0;
  results.push(
    [`${name} is written`, made],
    [`${name} passes its tests`, tested],
    [`${name} is listed by the bench`, listed],
    [`${name} has clean code`, clean],
  );
  console.log(`${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
}
rmSync(clone, { recursive: true, force: true });
for (const [name, passed] of results) console.log(`${passed ? 'passed' : 'failed'}: ${name}`);
const failed = results.filter(([, passed]) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
