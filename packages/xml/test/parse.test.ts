import { FormatError, isTagged, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeXml } from '../src/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tree = (text: string): unknown => decodeXml(bytes(text));

function errorOf(data: string | Uint8Array, options = {}): FormatError {
  try {
    decodeXml(typeof data === 'string' ? bytes(data) : data, options);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error(`read ${JSON.stringify(data)}: it went through`);
}

describe('what is not well-formed is refused', () => {
  const cases: Readonly<Record<string, string>> = {
    'no element': '<!-- only -->',
    'two roots': '<a/><b/>',
    'text behind the root': '<a/>x',
    'a tag that is not closed': '<a><b></a>',
    'an end tag of another name': '<a></ab>',
    'an end tag cut off': '<a></a',
    'an attribute twice': '<a x="1" x="2"/>',
    'an attribute without a value': '<a x/>',
    'an attribute without quotes': '<a x=1/>',
    'attributes without a blank': '<a x="1"y="2"/>',
    'a less-than in an attribute': '<a x="<"/>',
    'a bare ampersand': '<a>&</a>',
    'a bare ampersand in an attribute': '<a x="a & b"/>',
    'an entity that is not declared': '<a>&nbsp;</a>',
    'an entity of HTML in an attribute': '<a x="&eacute;"/>',
    'a reference to NUL': '<a>&#0;</a>',
    'a reference to a surrogate': '<a>&#xD800;</a>',
    'a reference beyond Unicode': '<a>&#x110000;</a>',
    'a control character': '<a>\u0001</a>',
    'U+FFFF': '<a>\uffff</a>',
    'the end of a CDATA section in text': '<a>]]></a>',
    'two hyphens in a comment': '<a><!-- -- --></a>',
    'a comment with no end': '<a><!-- </a>',
    'a CDATA section outside': '<![CDATA[x]]><a/>',
    'an instruction named xml': '<a><?xml version="1.0"?></a>',
    'a declaration behind a blank': ' <?xml version="1.0"?><a/>',
    'a declaration without version': '<?xml encoding="UTF-8"?><a/>',
    'a declaration in the wrong order': '<?xml version="1.0" standalone="yes" encoding="UTF-8"?><a/>',
    'a name that begins with a digit': '<1a/>',
    'a name that begins with a hyphen': '<-a/>',
    'a blank before the name': '< a/>',
    'a doctype behind the root': '<a/><!DOCTYPE a>',
    'a prefix that is not declared': '<p:a/>',
    'an attribute prefix that is not declared': '<a p:x=""/>',
    'one attribute under two prefixes': '<a xmlns:p="u" xmlns:q="u" p:x="" q:x=""/>',
    'two colons': '<a xmlns:b="u"><b:c:d/></a>',
    'a prefix bound to nothing': '<a xmlns:p=""/>',
    'the prefix xmlns': '<a xmlns:xmlns="u"/>',
    'an entity with half an element': '<!DOCTYPE a [<!ENTITY e "<b>">]><a>&e;</b></a>',
    'an entity that contains itself': '<!DOCTYPE a [<!ENTITY e "&f;"><!ENTITY f "&e;">]><a>&e;</a>',
    'an external entity in an attribute': '<!DOCTYPE a [<!ENTITY e SYSTEM "x">]><a x="&e;"/>',
    'a less-than by entity in an attribute': '<!DOCTYPE a [<!ENTITY e "&#60;">]><a x="&e;"/>',
    'a parameter entity within a declaration': '<!DOCTYPE a [<!ENTITY % p "x"><!ENTITY e "%p;">]><a/>',
    'mixed separators in a model': '<!DOCTYPE a [<!ELEMENT a (b,c|d)>]><a/>',
  };
  for (const [what, text] of Object.entries(cases)) {
    it(what, () => {
      for (const as of ['auto', 'tree', 'nodes'])
        expect(errorOf(text, { as }).code).toMatch(/corrupt|not-this/);
    });
  }
});

it('tells line, column and byte', () => {
  const error = errorOf('<a>\r\n  <é>\n</a>');
  expect(error.message).toContain('line 3, column 1');
  expect(error.offset).toBe(12);
  expect(errorOf('hello').code).toBe('not-this-format');
});

it('tells the byte in UTF-16 and ISO-8859-1 too', () => {
  const utf16 = new Uint8Array([0xff, 0xfe, ...[...'<a>é</b>'].flatMap((c) => [c.charCodeAt(0), 0])]);
  expect(errorOf(utf16).offset).toBe(2 + 2 * 4);
  const latin1 = Uint8Array.from('<?xml version="1.0" encoding="latin1"?><a>é</b>', (c) => c.charCodeAt(0));
  expect(errorOf(latin1).offset).toBe(43);
});

describe('encodings', () => {
  const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
  const utf16 = (text: string, big: boolean, mark: boolean): Uint8Array => {
    const units = [...(mark ? '\ufeff' : ''), ...text].map((c) => c.charCodeAt(0));
    return Uint8Array.from(units.flatMap((u) => (big ? [u >> 8, u & 255] : [u & 255, u >> 8])));
  };
  const good: Readonly<Record<string, Uint8Array>> = {
    'UTF-8 with a mark': bytes('\ufeff<a>é</a>'),
    'UTF-16 little-endian': utf16('<a>é</a>', false, true),
    'UTF-16 big-endian': utf16('<?xml version="1.0" encoding="UTF-16"?><a>é</a>', true, true),
    'UTF-16 without a mark': utf16('<?xml version="1.0" encoding="UTF-16"?><a>é</a>', false, false),
    'ISO-8859-1': latin1('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'),
    'windows-1252': latin1("<?xml version='1.0' encoding='windows-1252' ?><a>é</a>"),
  };
  for (const [what, data] of Object.entries(good))
    it(`${what} is read`, () => expect(decodeXml(data)).toEqual({ a: 'é' }));
  it('ISO-8859-1 is not windows-1252', () => {
    expect(decodeXml(latin1('<?xml version="1.0" encoding="ISO-8859-1"?><a>\x85</a>'))).toEqual({
      a: '\x85',
    });
  });
  it('bytes that are not of the encoding are refused', () => {
    expect(errorOf(latin1('<a>é</a>')).code).toBe('corrupt');
    expect(errorOf(latin1('<?xml version="1.0" encoding="US-ASCII"?><a>é</a>')).code).toBe('corrupt');
    expect(errorOf(bytes('<?xml version="1.0" encoding="UTF-16"?><a/>')).code).toBe('corrupt');
    expect(errorOf(bytes('\ufeff<?xml version="1.0" encoding="ISO-8859-1"?><a/>')).code).toBe('corrupt');
    expect(errorOf(bytes('<?xml version="1.0" encoding="x-unknown"?><a/>')).code).toBe('unsupported');
    expect(errorOf(Uint8Array.of(0x3c, 0x61, 0x3e, 0xed, 0xa0, 0x80, 0x3c, 0x2f, 0x61, 0x3e)).code).toBe(
      'corrupt',
    );
    expect(errorOf(Uint8Array.of(0x3c, 0x61, 0x3e, 0xc0, 0x80, 0x3c, 0x2f, 0x61, 0x3e)).code).toBe('corrupt');
  });
});

describe('text', () => {
  it('line ends are line feeds, references are not', () => {
    expect(tree('<a>1\r\n2\r3&#13;</a>')).toEqual({ a: '1\n2\n3\r' });
    expect(tree('<a x="1\r\n2\t3&#10;&#9;"/>')).toEqual({ a: { '@x': '1 2 3\n\t' } });
  });
  it('references and CDATA are text', () => {
    expect(tree('<a>&lt;&#233;&#x1F600;&amp;lt;<![CDATA[<&]]]]>&gt;</a>')).toEqual({ a: '<é😀&lt;<&]]>' });
  });
  it('comments and instructions cut no text', () => {
    expect(tree('<a>x<!-- y -->z<?w?></a>')).toEqual({ a: 'xz' });
  });
});

describe('document type declarations', () => {
  it('internal entities are expanded, with elements in them', () => {
    const text = '<!DOCTYPE a [<!ENTITY e "x<b>y</b>&f;"><!ENTITY f \'&#60;z\'>]><a k="&f2;">&e;</a>';
    expect(() => tree(text)).toThrow();
    expect(tree(text.replace('&f2;', '').replace('&#60;', '&#38;#60;'))).toEqual({
      a: { '@k': '', b: 'y', '#text': 'x<z' },
    });
  });
  it('the first declaration counts, and parameter entities hold declarations', () => {
    const text = '<!DOCTYPE a [<!ENTITY % p "<!ENTITY e \'1\'>">%p;<!ENTITY e "2">]><a>&e;</a>';
    expect(tree(text)).toEqual({ a: '1' });
  });
  it('defaults of attributes are added, and white space of tokens is collapsed', () => {
    const text = '<!DOCTYPE a [<!ATTLIST a x CDATA "1" t NMTOKENS #IMPLIED>]><a t="  p   q "/>';
    expect(tree(text)).toEqual({ a: { '@t': 'p q', '@x': '1' } });
  });
  it("is refused where 'dtd' says so", () => {
    expect(errorOf('<!DOCTYPE a><a/>', { dtd: 'refuse' }).code).toBe('unsupported');
  });
  it('an external subset is not opened; what only it can declare is refused', () => {
    expect(tree('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a>x</a>')).toEqual({ a: 'x' });
    expect(errorOf('<!DOCTYPE a SYSTEM "x.dtd"><a>&e;</a>').code).toBe('unsupported');
  });
  it('longer than the first look at it', () => {
    const entities = Array.from({ length: 5000 }, (_, i) => `<!ENTITY e${i} "v${i}">`).join('\n');
    expect(tree(`<!DOCTYPE a [${entities}]><a>&e4999;</a>`)).toEqual({ a: 'v4999' });
  });
});

it('namespaces are resolved in nodes, and can be left alone', () => {
  const nodes = (text: string, options = {}): Value => decodeXml(bytes(text), { as: 'nodes', ...options });
  const document = nodes('<p:a xmlns:p="u" xmlns="d"><b><c xmlns=""/></b><p:d xmlns:p="v"/><p:e/></p:a>');
  const found: unknown[] = [];
  const walk = (node: Value): void => {
    if (!isTagged(node)) return;
    if (node.tag === 'xml:element') found.push([node.attributes?.['name'], node.attributes?.['namespace']]);
    for (const child of node.value as readonly Value[]) walk(child);
  };
  walk(document);
  expect(found).toEqual([
    ['p:a', 'u'],
    ['b', 'd'],
    ['c', undefined],
    ['p:d', 'v'],
    ['p:e', 'u'],
  ]);
  expect(() => nodes('<p:a/>', { namespaces: false })).not.toThrow();
});
