import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, tryRun } from './run.mjs';
import { setup } from './setup.mjs';

// `npm test` runs everything that needs only Node; `npm test -- packages/csv` a part of it.
setup();
const report = join(root, '.cache/vitest.json');
mkdirSync(join(root, '.cache'), { recursive: true });
rmSync(report, { force: true });
const status = tryRun(process.execPath, [
  join(root, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--config=tools/repo/vitest.config.ts',
  '--reporter=dot',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
if (!existsSync(report)) {
  console.error('read the result of the tests: vitest wrote none');
  process.exit(status || 1);
}
const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, testResults } = JSON.parse(
  readFileSync(report, 'utf8'),
);
// A file that cannot be loaded has no tests to fail.
const broken = testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length;
const failed = numFailedTests + broken;
for (const file of testResults) {
  for (const test of file.assertionResults)
    if (test.status === 'failed') console.log(`failed: ${test.fullName} (${file.name.slice(root.length)})`);
}
console.log(
  `${numPassedTests} passed, ${failed} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`,
);
process.exit(status !== 0 || failed > 0 || numFailedTestSuites > 0 ? 1 : 0);
