import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLab, Pairs, Tagged, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { marshal } from '../src/index.js';
import { type Described, differenceFrom } from './expected.js';

/** Interpreters that judge, separated by `:`; without them these tests are skipped. */
const PYTHONS = (process.env['FORMATLAB_PYTHONS'] ?? '').split(':').filter((path) => path !== '');
const script = fileURLToPath(new URL('./foreign/check.py', import.meta.url));
const lab = createLab([marshal]);

const shared: Value = ['shared'];
const cycle: Value[] = [1];
cycle.push(cycle);
const pairs: [Value, Value][] = [[1, 'one']];
const cyclicPairs = new Pairs(pairs);
pairs.push([new Tagged('tuple', [1, 'two']), cyclicPairs]);
const digits = Array.from({ length: 40 }, (_, i) => 10n ** BigInt(i) + BigInt(i));

const plain: readonly Value[] = [
  [null, true, false, 0, 1, -1, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER],
  [0.1, -0, 5e-324, Number.MAX_VALUE, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53, 1e22],
  [2n ** 53n, 2n ** 63n, -(2n ** 63n), 2n ** 1000n, ...digits.slice(17), ...digits.slice(17).map((n) => -n)],
  ['', 'a', 'é', '日本', '😀', 'x'.repeat(300), '\0'],
  [new Uint8Array(0), Uint8Array.from({ length: 256 }, (_, i) => i)],
  [
    new Tagged('tuple', []),
    new Tagged(
      'tuple',
      Array.from({ length: 300 }, (_, i) => i),
    ),
  ],
  [new Tagged('set', [1, 'a']), new Tagged('frozenset', [new Tagged('tuple', [1, 2])])],
  [new Tagged('complex', [1.5, -0]), new Tagged('ellipsis', null), new Tagged('stop-iteration', null)],
  [
    {},
    { temperature: 1, nested: { temperature: 2 } },
    new Pairs([
      [null, 1],
      [2.5, 'x'],
    ]),
  ],
];

describe.skipIf(PYTHONS.length === 0).each(PYTHONS.length === 0 ? ['python3'] : PYTHONS)(
  'what we wrote, read by %s',
  (python) => {
    const python2 =
      PYTHONS.length > 0 &&
      spawnSync(python, ['-c', 'import sys; print(sys.version_info[0])']).stdout.toString().trim() === '2';
    const versions = python2 ? [0, 1, 2] : [0, 1, 2, 3, 4];

    it.each(versions)('version %i', async (version) => {
      const values =
        version < 3
          ? plain
          : [
              ...plain,
              [shared, shared],
              cycle,
              cyclicPairs,
              ...(python2 ? [] : [['\ud800', { 'a\udfff': 1 }]]),
            ];
      const folder = mkdtempSync(join(tmpdir(), 'marshal-'));
      const paths = await Promise.all(
        values.map(async (value, i) => {
          const path = join(folder, `${i}.marshal`);
          writeFileSync(path, await lab.encode(value, 'marshal', { options: { version } }));
          return path;
        }),
      );
      const { stdout, stderr } = spawnSync(python, [script, ...paths]);
      rmSync(folder, { recursive: true });
      const lines = stdout.toString().trim().split('\n');
      expect(stderr.toString()).toBe('');
      values.forEach((value, i) => {
        // Python 2 keeps no order of members.
        const described = JSON.parse(lines[i]!) as Described;
        if (!python2 || !JSON.stringify(described).includes('$dict'))
          expect(differenceFrom(described, value)).toBeUndefined();
      });
    });
  },
);
