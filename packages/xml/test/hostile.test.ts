import { createLab, FormatError } from '@formatlab/core';
import { expect, it } from 'vitest';
import { decodeXml, xml } from '../src/index.js';

const lab = createLab([xml]);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function codeOf(text: string, options = {}): string {
  try {
    decodeXml(bytes(text), options);
  } catch (error) {
    return error instanceof FormatError ? error.code : `not ours: ${String(error)}`;
  }
  return 'read';
}

const laughs = (open: string, use: string): string => {
  const entities = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join(
    '',
  );
  return `<!DOCTYPE a [<!ENTITY l0 "lol">${entities}]>${open}${use}`;
};

it('a billion laughs are bounded, in text and in an attribute', () => {
  expect(codeOf(laughs('<a>', '&l10;</a>'))).toBe('limit');
  expect(codeOf(laughs('<a>', '&l10;</a>'), { as: 'nodes' })).toBe('limit');
  expect(codeOf(laughs('<a x="', '&l10;"/>'))).toBe('limit');
});

it('a default value that laughs is bounded', () => {
  const text = laughs('', '').replace(']>', '<!ATTLIST a x CDATA "&l10;">]><a/>');
  expect(codeOf(text)).toBe('limit');
});

it('one long entity used many times is bounded', () => {
  const text = `<!DOCTYPE a [<!ENTITY e "${'x'.repeat(100_000)}">]><a>${'&e;'.repeat(100_000)}</a>`;
  expect(codeOf(text)).toBe('limit');
});

it('parameter entities that multiply are bounded', () => {
  const entities = Array.from({ length: 9 }, (_, i) => `<!ENTITY &#37; p${i + 1} "${`%p${i};`.repeat(10)}">`);
  // A parameter entity within a declaration is an error in itself; between declarations they nest.
  expect(
    codeOf(`<!DOCTYPE a [<!ENTITY % p0 "">${entities.join('').replaceAll('&#37;', '%')}%p9;]><a/>`),
  ).toBe('corrupt');
});

it('external entities are never opened', () => {
  const text = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>';
  expect(codeOf(text)).toBe('unsupported');
  expect(codeOf('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://localhost/">%x;]><a/>')).toBe('read');
});

it('deep nesting is a limit, not a stack overflow', () => {
  const deep = '<a>'.repeat(200_000);
  for (const as of ['tree', 'nodes']) expect(codeOf(deep, { as })).toBe('limit');
  expect(codeOf(`<list formatlab="1" type="list">${'<item type="list">'.repeat(200_000)}`)).toBe('limit');
});

it('as many levels as the caller allows are read', async () => {
  const depth = 3000;
  const text = `${'<a>'.repeat(depth)}x${'</a>'.repeat(depth)}`;
  let value = await lab.decode(bytes(text), { budget: { depth } });
  for (let i = 0; i < depth; i++) value = (value as { a: typeof value }).a;
  expect(value).toBe('x');
});

it('many attributes take no quadratic time', () => {
  const attributes = Array.from({ length: 50_000 }, (_, i) => ` a${i}="${i}"`).join('');
  expect(codeOf(`<a${attributes}/>`)).toBe('read');
  expect(codeOf(`<a${attributes} a7=""/>`)).toBe('corrupt');
});

it('many hyphens, brackets and question marks take no quadratic time', () => {
  const many = 200_000;
  expect(codeOf(`<a><![CDATA[${']'.repeat(many)}]]></a>`)).toBe('read');
  expect(codeOf(`<a>${']'.repeat(many)}</a>`)).toBe('read');
  expect(codeOf(`<a><?x ${'?'.repeat(many)}?></a>`)).toBe('read');
});

it('sizes that the file has no room for are refused before anything is allocated', () => {
  const head = '<array formatlab="1" type="array" dtype="float64" shape=';
  expect(codeOf(`${head}"100000000000">1</array>`)).toBe('corrupt');
  expect(codeOf(`${head}"99999999999 99999999999">1</array>`)).toBe('corrupt');
  expect(codeOf(`${head}"-1">1</array>`)).toBe('corrupt');
  expect(codeOf('<table formatlab="1" type="table" rows="99999999999"><columns/></table>')).toBe('corrupt');
});

it('files in our mapping that contradict themselves are refused', () => {
  const root = (type: string, rest: string, inner: string): string =>
    `<x formatlab="1" type="${type}"${rest}>${inner}</x>`;
  const array = (dtype: string, shape: string, text: string): string =>
    root('array', ` dtype="${dtype}" shape="${shape}"`, text);
  const table = (columns: string, rows: string, count = 1): string =>
    root('table', ` rows="${count}"`, `<columns>${columns}</columns>${rows}`);
  const cases = [
    root('nothing', '', ''),
    root('number', '', 'x'),
    root('number', '', ''),
    root('bool', '', 'yes'),
    root('integer', '', '1.5'),
    root('date', '', '2024-01-01'),
    root('bytes', '', 'a'),
    root('bytes', '', 'AB=='.replace('B', 'C')),
    root('null', '', 'x'),
    root('list', '', '<b/>'),
    root('list', '', 'text'),
    root('record', '', '<a/><a/>'),
    root('tagged', '', '<value/>'),
    root('tagged', ' tag="t"', ''),
    root('pairs', '', '<pair><key/></pair>'),
    root('attributed', '', '<value/><attributes/>'),
    array('float64', '2', '1'),
    array('float64', '2', '1 2 3'),
    array('float64', '1', '1,5'),
    array('int8', '1', '128'),
    array('int8', '1', '1.5'),
    array('uint64', '1', '-1'),
    array('int64', '1', '9223372036854775808'),
    array('bool', '1', '2'),
    array('complex128', '1', '1.0'),
    array('datetime64" unit="s', '1', '2024-02-30T00:00:00'),
    array('float65', '1', '1'),
    array('string', '2', '<item/>'),
    table('<column name="a" dtype="int8"/>', '<row><b>1</b></row>'),
    table('<column name="a" dtype="int8"/>', '<row><a>1</a><a>1</a></row>'),
    table('<column name="a" dtype="int8"/>', '<row><a>1</a></row>', 2),
    table('<column name="a" dtype="int8"/>', '<row/><row/>'),
    table('<column name="a" dtype="int8"/><column name="a" dtype="int8"/>', '<row/>'),
    table('<column dtype="int8"/>', '<row/>'),
    table('<column name="a" kind="list"/>', '<row/>'),
  ];
  for (const text of cases) expect([text, codeOf(text)]).toEqual([text, 'corrupt']);
  expect(codeOf('<x formatlab="2" type="list"/>')).toBe('unsupported');
});
