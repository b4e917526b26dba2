import {
  createLab,
  firstDifference,
  NDArray,
  ndarray,
  newRecord,
  numberToFloat16,
  scalarType,
  Table,
  type Value,
} from '@formatlab/core';
import { expect, it } from 'vitest';
import { decodeXml, encodeXml, xml } from '../src/index.js';

const lab = createLab([xml]);

async function same(value: Value): Promise<void> {
  const back = await lab.decode(await lab.encode(value, 'xml', { strict: true }), { strict: true });
  expect(firstDifference(value, back, { attributes: true })).toBeUndefined();
}

/** A generator of 32 random bits (xorshift). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

it('any bits of any float are kept, NaN with all of them too', async () => {
  const next = random(7);
  const words = Uint32Array.from({ length: 20_000 }, next);
  for (let i = 0; i < 400; i++) words[i] = (words[i]! & 0x000fffff) | 0x7ff00000 | ((i % 2) << 31);
  await same(ndarray(new Float64Array(words.slice().buffer)));
  await same(ndarray(new Float32Array(words.slice().buffer)));
  await same(new NDArray({ dtype: 'float16', shape: [40_000], data: new Uint16Array(words.slice().buffer) }));
  await same(
    new NDArray({ dtype: 'complex64', shape: [100, 100], data: new Float32Array(words.slice().buffer) }),
  );
  await same(
    new NDArray({ dtype: 'complex128', shape: [5000], data: new Float64Array(words.slice().buffer) }),
  );
});

it('narrow floats have few digits', () => {
  const text = (array: NDArray): string =>
    new TextDecoder()
      .decode(encodeXml(array))
      .replace(/<[^>]*>/g, '')
      .trim();
  expect(text(ndarray(Float32Array.of(0.1, -0.3, 1 / 3, 1e-7, 16777217, 1e20)))).toBe(
    '0.1 -0.3 0.33333334 1e-07 16777216.0 1.0000000200408773e+20',
  );
  const bits = Uint16Array.from([0.1, 1 / 3, 65504], numberToFloat16);
  expect(text(new NDArray({ dtype: 'float16', shape: [3], data: bits }))).toBe('0.1 0.3333 65504.0');
});

it('every time of every unit is kept', async () => {
  const next = random(3);
  const ticks = new BigInt64Array(Uint32Array.from({ length: 4000 }, next).buffer);
  for (let i = 0; i < 1000; i++) ticks[i] = ticks[i]! % 10n ** BigInt(1 + (i % 18));
  for (const unit of ['Y', 'M', 'D', 'h', 's', 'ms', 'us', 'ns', 'ps', 'as', '25s', 'generic']) {
    await same(new NDArray({ dtype: 'datetime64', shape: [ticks.length], data: ticks, unit }));
    const values = new NDArray({ dtype: 'datetime64', shape: [ticks.length], data: ticks, unit });
    const type = scalarType('datetime64', { unit, zone: 'Europe/Berlin', nullable: true });
    const valid = Uint8Array.from(ticks, (_, i) => i % 5 && 1);
    await same(new Table(ticks.length, [{ name: 'when', type, values, valid }]));
  }
});

it('text of any characters is kept, as value, element, cell and name', async () => {
  const next = random(11);
  const texts = Array.from({ length: 500 }, () =>
    Array.from({ length: next() % 9 }, () => {
      const kind = next() % 6;
      if (kind === 0) return String.fromCharCode(next() % 0x20);
      if (kind === 1) return '<>&"\'\\]\r\n\t '[next() % 11]!;
      if (kind === 2) return String.fromCodePoint(0x10000 + (next() % 0x10000));
      if (kind === 3) return String.fromCharCode(0xfff0 + (next() % 16));
      return String.fromCharCode(kind === 4 ? 0x20 + (next() % 0x60) : 0x80 + (next() % 0x700));
    }).join(''),
  );
  const names = newRecord();
  for (const text of texts) names[text] = text;
  await same({ texts, names, array: ndarray(texts, [10, 50]) });
  await same(new Table(500, [{ name: 'a\u0000"<', type: scalarType('string'), values: ndarray(texts) }]));
});

it('text longer than a piece of the output is kept', async () => {
  await same({ long: `${'é<'.repeat(400_000)}\u0000`, plain: 'x'.repeat(3_000_000) });
  await same(ndarray(['y'.repeat(2_000_000), '&'.repeat(300_000)]));
});

it('rows that somebody laid out, ordered or commented by hand are the same rows', () => {
  const text = new TextDecoder().decode(
    encodeXml(
      new Table(2, [
        { name: 'n', type: scalarType('int64'), values: ndarray(BigInt64Array.of(1n, 2n ** 60n)) },
        { name: 's', type: scalarType('string'), values: ndarray(['a', 'é']) },
      ]),
    ),
  );
  const byHand = text
    .replace('<n>1</n><s>a</s>', '\r\n  <s><![CDATA[a]]></s><!-- one -->\r\n  <n>\n  &#49; </n>')
    .replace('<row><n>', '<row ><n >');
  expect(byHand).not.toBe(text);
  const [left, right] = [text, byHand].map((source) => decodeXml(new TextEncoder().encode(source)));
  expect(firstDifference(left!, right!)).toBeUndefined();
});
