import { readdirSync, readFileSync } from 'node:fs';
import {
  createLab,
  isNDArray,
  isRecord,
  isTable,
  type Loss,
  toNested,
  toRows,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { xml } from '../src/index.js';

const folder = new URL('fixtures/', import.meta.url);
const lab = createLab([xml]);

interface Expected {
  readonly value: unknown;
  readonly losses: readonly string[];
}

describe('files of other implementations', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
    const read = async () => {
      const losses: Loss[] = [];
      const bytes = readFileSync(new URL(file, folder));
      return { value: await lab.decode(bytes, { onLoss: (loss) => losses.push(loss) }), losses, bytes };
    };
    it(`${file} is read`, async () => {
      const expected = JSON.parse(
        readFileSync(new URL(file.replace('.xml', '.json'), folder), 'utf8'),
      ) as Expected;
      const { value, losses } = await read();
      expect(plain(value)).toEqual(expected.value);
      expect(losses.map((loss) => loss.kind).sort()).toEqual(expected.losses);
    });
    it(`${file} survives as nodes`, async () => {
      const { bytes } = await read();
      const nodes = await lab.decode(bytes, { options: { as: 'nodes' } });
      const written = await lab.encode(nodes, 'xml', { options: { as: 'nodes' } });
      expect(await lab.decode(written, { options: { as: 'nodes' } })).toEqual(nodes);
    });
  }
});

/** As the JSON beside a file has it. */
function plain(value: Value): unknown {
  if (isNDArray(value)) {
    const items = [toNested(value)].flat(Number.POSITIVE_INFINITY as 20);
    return {
      dtype: value.dtype,
      shape: value.shape,
      items: items.map((item) => python(item as Value, value.dtype === 'float64')),
    };
  }
  if (isTable(value)) return { rows: toRows(value).map((row) => plain(row)) };
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return value.map(plain);
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
  return value;
}

/** As Python prints a number. */
function python(value: Value, isFloat: boolean): string {
  if (typeof value !== 'number') return String(value);
  const text = Object.is(value, -0) ? '-0' : String(value).replace(/e([+-])(\d)$/, 'e$10$2');
  return Number.isInteger(value) && !text.includes('e') && isFloat ? `${text}.0` : text;
}
