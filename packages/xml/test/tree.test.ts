import { createLab, type Loss, ndarray, Tagged, table, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeXml, encodeXml, xml } from '../src/index.js';

const lab = createLab([xml]);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string, options = {}): { value: Value; losses: string[] } {
  const losses: Loss[] = [];
  const value = decodeXml(bytes(text), options, (loss) => losses.push(loss));
  return { value, losses: losses.map((loss) => `${loss.kind}: ${loss.from}, ${loss.count}`) };
}

describe('other documents as records', () => {
  it('text stays text', () => {
    expect(read('<a n="1.0"><b>007</b><c> x </c><d>true</d><e>   </e></a>').value).toEqual({
      a: { '@n': '1.0', b: '007', c: ' x ', d: 'true', e: '   ' },
    });
  });
  it('elements that repeat are a list, one is not', () => {
    expect(read('<a><b>1</b><b><c/></b><d/></a>').value).toEqual({ a: { b: ['1', { c: '' }], d: '' } });
  });
  it('mixed content, members in turns, comments and instructions are reported', () => {
    expect(read('<a>x<b/>y</a>').losses).toEqual(['order: members in turns, or text between them, 1']);
    expect(read('<a><b/><c/><b/></a>').losses).toEqual(['order: members in turns, or text between them, 1']);
    expect(read('<!-- 1 --><a><!-- 2 --><?p?></a><!-- 3 -->').losses).toEqual([
      'dropped: comments, 3',
      'dropped: processing instructions, 1',
    ]);
    expect(read('<!DOCTYPE a><a/>').losses).toEqual(['dropped: document type declaration, 1']);
    expect(read('<list formatlab="1" type="list"><!-- by hand --></list>').losses).toEqual([
      'dropped: comments, 1',
    ]);
    expect(read('<a>\n  <b/>\n</a>').losses).toEqual([]);
  });
  it('names of any kind do no harm', () => {
    const { value } = read('<__proto__><constructor polluted="1"/></__proto__>');
    expect(Object.keys(value as object)).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
  it('records are written as plain elements', () => {
    const value = { a: { '@x': '<1>', b: ['1', { c: '&' }], d: '', '#text': 'z' } };
    const written = encodeXml(value, { as: 'tree' });
    expect(new TextDecoder().decode(written)).toContain(
      '<a x="&lt;1&gt;">z<b>1</b><b><c>&amp;</c></b><d></d></a>',
    );
    expect(decodeXml(written)).toEqual(value);
  });
  it('what plain elements do not hold is reported or refused', async () => {
    const losses: Loss[] = [];
    const options = { options: { as: 'tree' }, onLoss: (loss: Loss) => void losses.push(loss) };
    const rows = table({ x: new Float64Array([1.5, 2]), s: ['a', 'b'] });
    const back = await lab.decode(
      await lab.encode({ t: { rows, n: null, v: ndarray([1, 2]) } }, 'xml', options),
    );
    expect(back).toEqual({
      t: {
        rows: [
          { x: '1.5', s: 'a' },
          { x: '2', s: 'b' },
        ],
        n: '',
        v: ['1', '2'],
      },
    });
    expect(losses.map(({ path, kind }) => `${path} ${kind}`)).toContain('/t/rows type');
    expect(losses.map(({ path, kind }) => `${path} ${kind}`)).toContain('/t/n null');
    for (const bad of [
      { 'a b': { x: '' } },
      { a: { '1': '' } },
      { a: '\u0000' },
      { a: new Tagged('set', []) },
    ])
      await expect(lab.encode(bad, 'xml', options)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('every node', () => {
  const documents = [
    '<a/>',
    '<?xml version="1.0" standalone="yes"?><!DOCTYPE a [<!ENTITY e "x">]><!-- c --><?p q ?><a x="1" y="&#10;">t<b/>&e;u<![CDATA[<]]></a><?z?>',
    '<p:a xmlns:p="u" p:x="é"><p:b xmlns="v"> <c/>\n</p:b></p:a>',
    '<a>&#13;&lt;]]&gt;<!----></a>',
  ];
  for (const text of documents) {
    it(`of ${text.slice(0, 40)} is kept in order`, async () => {
      const nodes = decodeXml(bytes(text), { as: 'nodes' });
      const written = await lab.encode(nodes, 'xml', { strict: true });
      expect(decodeXml(written, { as: 'nodes' })).toEqual(nodes);
      expect(decodeXml(encodeXml(nodes, { as: 'nodes' }), { as: 'nodes' })).toEqual(nodes);
    });
  }
  it('a document is a list of nodes', () => {
    expect(decodeXml(bytes('<a x="1">t<!--c--></a>'), { as: 'nodes' })).toEqual(
      new Tagged(
        'xml:document',
        [
          new Tagged('xml:element', ['t', new Tagged('xml:comment', 'c')], {
            name: 'a',
            attributes: { x: '1' },
          }),
        ],
        {},
      ),
    );
  });
  it('what would not be well-formed is not written', () => {
    const element = (name: string, attributes = {}, nodes: Value[] = []): Tagged =>
      new Tagged('xml:element', nodes, { name, attributes });
    const document = (...nodes: Value[]): Tagged => new Tagged('xml:document', nodes, {});
    const bad = [
      document(),
      document(element('a'), element('b')),
      document('text', element('a')),
      document(element('a b')),
      document(element('a', { '1': '' })),
      document(element('a', { x: '\u0000' })),
      document(element('a', {}, ['\u0001'])),
      document(element('a', {}, [new Tagged('xml:comment', 'a--b')])),
      document(element('a', {}, [new Tagged('xml:cdata', ']]>')])),
      document(element('a', {}, [new Tagged('xml:instruction', '?>', { target: 'x' })])),
      document(element('a', {}, [new Tagged('xml:instruction', '', { target: 'XML' })])),
      document(element('a', {}, [1])),
      document(element('p:a')),
      document(element('a', { 'p:x': '' })),
      document(new Tagged('xml:doctype', 'a [<!ENTITY e "'), element('a')),
      document(new Tagged('xml:doctype', 'a><b/'), element('a')),
    ];
    for (const value of bad) expect(() => encodeXml(value)).toThrow(/write /);
    expect(() => encodeXml({ 'p:a': '' }, { as: 'tree' })).toThrow(/prefix/);
    expect(() => encodeXml(document(element('p:a')), { namespaces: false })).not.toThrow();
    expect(() => encodeXml({ a: 1 }, { as: 'nodes' })).toThrow(/as/);
  });
});

it('our own files can be read as records and nodes too', () => {
  const written = encodeXml({ n: 1 });
  expect(decodeXml(written, { as: 'tree' })).toEqual({
    record: { '@formatlab': '1', '@type': 'record', n: { '@type': 'number', '#text': '1' } },
  });
  expect(decodeXml(encodeXml(decodeXml(written, { as: 'nodes' })))).toEqual({ n: 1 });
});
