import { createLab, isTable, toRows } from '@formatlab/core';
import papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { csv } from '../src/index.js';

// What Papa Parse does by itself, and that neither engine does it: a change of the library shows here.
const lab = createLab([csv]);
const typed = (text: string): unknown =>
  papa.parse(text, { header: true, dynamicTyping: true, skipEmptyLines: true }).data;

async function rows(text: string, engine: string): Promise<unknown> {
  const value = await lab.decode(new TextEncoder().encode(text), {
    format: 'csv',
    options: { engine, header: 'yes' },
  });
  return isTable(value) ? toRows(value) : value;
}

describe('Papa Parse', () => {
  it('takes 007 for a number', () => {
    expect(typed('id\n007\n')).toEqual([{ id: 7 }]);
  });

  it('makes a local Date of a time', () => {
    expect((typed('t\n2020-01-02T03:04:05Z\n') as { t: unknown }[])[0]!.t).toBeInstanceOf(Date);
  });

  it('leaves NaN and infinity as text', () => {
    expect(typed('x\nNaN\n')).toEqual([{ x: 'NaN' }]);
  });

  it('drops a column named __proto__', () => {
    const [row] = typed('__proto__,a\n1,2\n') as object[];
    expect(Object.keys(row!)).toEqual(['a']);
  });

  it('loses a row of one empty cell with skipEmptyLines', () => {
    expect(typed('a\nx\n""\ny\n')).toHaveLength(2);
  });
});

describe.each(['native', 'papaparse'])('the engine %s', (engine) => {
  it('does none of this', async () => {
    expect(await rows('id\n007\n', engine)).toEqual([{ id: '007' }]);
    expect(await rows('x\nNaN\n1\n', engine)).toEqual([{ x: Number.NaN }, { x: 1 }]);
    expect(await rows('a\nx\n""\ny\n', engine)).toHaveLength(3);
    const [row] = (await rows('__proto__,a\n1,2\n', engine)) as object[];
    expect(Object.keys(row!)).toEqual(['__proto__', 'a']);
  });

  it('keeps characters whole whose bytes lie in two blocks', async () => {
    const text = `t\n${'é'.repeat(70_000)}\nx\n`;
    expect(await rows(text, engine)).toEqual([{ t: 'é'.repeat(70_000) }, { t: 'x' }]);
    const file = await lab.open(new TextEncoder().encode(`t\n${'aé\n'.repeat(400_000)}`), {
      format: 'csv',
      options: { engine },
    });
    for await (const batch of file.batches('')) expect(toRows(batch).every(({ t }) => t === 'aé')).toBe(true);
  });
});
