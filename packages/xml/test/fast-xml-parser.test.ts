import { createLab, type Loss } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { xml } from '../src/index.js';

const lab = createLab([xml]);
const options = { engine: 'fast-xml-parser' };
const read = (text: string) => lab.decode(new TextEncoder().encode(text), { format: 'xml', options });

/** What the library does by default, and must not do here. Each holds for our own parser as well. */
describe('the engine fast-xml-parser', () => {
  it('leaves numbers as text', async () => {
    expect(await read('<a n="007"><b>007</b><c>1e5</c><d>0x10</d></a>')).toEqual({
      a: { '@n': '007', b: '007', c: '1e5', d: '0x10' },
    });
  });
  it('resolves references to characters', async () => {
    expect(await read('<a>&#233;&#x1F600;&lt;</a>')).toEqual({ a: 'é😀<' });
  });
  it('keeps blanks', async () => {
    expect(await read('<a><b> x </b>\n</a>')).toEqual({ a: { b: ' x ' } });
  });
  it('refuses what its validator finds', async () => {
    for (const text of ['<a><b></a>', '<a x=1/>', '<a/><b/>', '<a', 'text'])
      await expect(read(text)).rejects.toMatchObject({ name: 'FormatError' });
  });
  it('bounds entities and nesting', async () => {
    const entities = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
    const bomb = `<!DOCTYPE a [<!ENTITY l0 "lol">${entities.join('')}]><a>&l10;</a>`;
    const result = await read(bomb).catch((error: unknown) => error);
    expect(JSON.stringify(result).length).toBeLessThan(1_000_000);
    await expect(read('<a>'.repeat(2000) + '</a>'.repeat(2000))).rejects.toMatchObject({
      name: 'FormatError',
    });
  });
  it('pollutes no prototype', async () => {
    await read('<a><__proto__><polluted>1</polluted></__proto__></a>').catch(() => undefined);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
  it('writes no characters or names that XML does not have', async () => {
    for (const value of [{ a: '\u0001' }, { 'a b': 'x' }, { a: { '1': 'x' } }, { a: { '@x y': 'x' } }])
      await expect(lab.encode(value, 'xml', { options })).rejects.toMatchObject({ code: 'unsupported' });
  });
  it('reports a list of one, which comes back as its element', async () => {
    const losses: Loss[] = [];
    await lab.encode({ a: { b: ['x'] } }, 'xml', { options, onLoss: (loss) => losses.push(loss) });
    expect(losses.map(({ path, kind }) => `${path} ${kind}`)).toEqual(['/a/b type']);
  });
});
