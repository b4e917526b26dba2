import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, tryRun } from './run.mjs';

/** Runs vitest, then prints what failed and `N passed, M failed`; ends this process with 1 when anything did. */
export function runTests(config, args, options = {}) {
  const report = join(root, `.cache/${config}.json`);
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(report, { force: true });
  const status = tryRun(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      `--config=tools/repo/${config}.config.ts`,
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...args,
    ],
    options,
  );
  if (!existsSync(report)) {
    console.error('read the result of the tests: vitest wrote none');
    process.exit(status || 1);
  }
  process.exit(summarize(JSON.parse(readFileSync(report, 'utf8')), status));
}

function summarize({ numPassedTests, numFailedTests, numPendingTests, testResults }, status) {
  // A file that cannot be loaded has no tests to fail.
  const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  for (const file of broken) console.log(`failed to load: ${file.name.slice(root.length)}`);
  for (const file of testResults) {
    for (const test of file.assertionResults)
      if (test.status === 'failed') console.log(`failed: ${test.fullName} (${file.name.slice(root.length)})`);
  }
  const failed = numFailedTests + broken.length;
  console.log(
    `${numPassedTests} passed, ${failed} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`,
  );
  return status !== 0 || failed > 0 ? 1 : 0;
}
