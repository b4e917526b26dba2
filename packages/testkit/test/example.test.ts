import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('runs under node:test, as the README says', () => {
  const file = fileURLToPath(new URL('./example/node-runner.mjs', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, ['--test', file], { encoding: 'utf8' });
  expect(stdout).toMatch(/# fail 0/);
  expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(40);
  expect(status).toBe(0);
}, 60_000);
