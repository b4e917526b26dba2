import { afterEach, describe, expect, it } from 'vitest';
import { conformanceTests } from '../src/index.js';
import type { Fault } from './toy/fault.js';
import { faultsOfDamage } from './toy/faults-of-damage.js';
import { faultsOfFiles } from './toy/faults-of-files.js';
import { faultsOfManners } from './toy/faults-of-manners.js';
import { faultsOfStructure } from './toy/faults-of-structure.js';
import { faultsOfValues } from './toy/faults-of-values.js';

const DEADLINE_MS = 1000;

describe.each([
  ...faultsOfValues,
  ...faultsOfStructure,
  ...faultsOfFiles,
  ...faultsOfManners,
  ...faultsOfDamage,
])('a format that $name', (fault: Fault) => {
  const tests = conformanceTests(fault.format, { deadlineMs: DEADLINE_MS });
  afterEach(() => fault.afterwards?.());

  it.each(fault.caughtBy)(
    'fails %s',
    async (name) => {
      const test = tests.find((each) => each.name === name);
      expect(test, `a test of this name among ${tests.map((each) => each.name).join('; ')}`).toBeDefined();
      await expect(test!.run()).rejects.toThrow(fault.says);
    },
    60_000,
  );
});
