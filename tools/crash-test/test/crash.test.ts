import { describe, expect, it } from 'vitest';
import { tryEveryWrite } from '../src/every-write.js';
import { lab } from '../src/formats.js';
import { killWriters } from '../src/kills.js';
import { seededRandom } from '../src/random.js';
import { scenariosOf } from '../src/scenarios.js';

const formats = lab.formats.all.map(({ id }) => id);

describe.each(formats)('%s', (format) => {
  it.each(scenariosOf(format).map((scenario) => [`${scenario.kind} ${scenario.what}`, scenario] as const))(
    '%s: a death at any write leaves the old state or the new one',
    async (_, scenario) => {
      const { problems, old, new: done, operations } = await tryEveryWrite(scenario);
      expect(problems).toEqual([]);
      expect(old + done).toBe(operations * 3);
      expect(done).toBeGreaterThan(0);
    },
  );

  it('killed writers lose nothing that was committed', async () => {
    const { problems } = await killWriters(format, 2, seededRandom(7), () => {});
    expect(problems).toEqual([]);
  }, 60_000);
});
