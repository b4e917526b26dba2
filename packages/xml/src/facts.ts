import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'xml',
  title: 'XML',
  specification: {
    text: 'Extensible Markup Language 1.0, fifth edition; Namespaces in XML 1.0, third edition',
    source: 'w3.org/TR/xml, w3.org/TR/xml-names',
  },
  humanReadable: true,
  languages: [
    {
      language: 'Python',
      library: 'xml.etree.ElementTree, lxml, pandas.read_xml',
      source: 'docs.python.org/3/library/xml.etree.elementtree.html',
    },
    { language: 'JavaScript', library: 'fast-xml-parser, saxes; @formatlab/xml', source: 'this package' },
    { language: 'R', library: 'xml2', source: 'xml2.r-lib.org' },
    {
      language: 'MATLAB',
      library: 'readtable, readstruct',
      source: 'mathworks.com/help/matlab/ref/readstruct.html',
    },
    { language: 'Java', library: 'javax.xml', source: 'docs.oracle.com/en/java/javase/21/docs/api/java.xml' },
    {
      language: 'C and C++',
      library: 'libxml2, Expat',
      source: 'gitlab.gnome.org/GNOME/libxml2, libexpat.github.io',
    },
    {
      language: 'Go, Rust',
      library: 'encoding/xml, quick-xml',
      source: 'pkg.go.dev/encoding/xml, docs.rs/quick-xml',
    },
  ],
  portability: [
    { text: 'Text in a declared encoding: the same on every machine', source: 'XML 1.0, section 4.3.3' },
    {
      text: 'Numbers are text: exact for a reader that keeps their digits; types are those of a schema or mapping',
      source: 'test/exact.test.ts',
    },
    {
      text: 'Entities and external references differ by reader and its settings',
      source: 'XML 1.0, section 5.1',
    },
  ],
  access: [
    { text: 'A document has no index: the whole is parsed to reach one entry', source: 'XML 1.0, section 2' },
    {
      text: 'Adding an entry rewrites the file: the end tag of the root stands last',
      source: 'XML 1.0, section 2.1',
    },
  ],
};
