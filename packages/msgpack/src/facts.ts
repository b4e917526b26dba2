import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'msgpack',
  title: 'MessagePack',
  specification: {
    text: 'MessagePack specification, with the timestamp extension',
    source: 'github.com/msgpack/msgpack/blob/master/spec.md',
  },
  humanReadable: false,
  languages: [
    {
      language: 'Python',
      library: 'msgpack, with msgpack-numpy for arrays',
      source: 'github.com/lebedov/msgpack-numpy',
    },
    { language: 'C, C++', library: 'msgpack-c', source: 'github.com/msgpack/msgpack-c' },
    { language: 'Java', library: 'msgpack-java', source: 'github.com/msgpack/msgpack-java' },
    { language: 'Go', library: 'vmihailenco/msgpack', source: 'msgpack.uptrace.dev' },
    { language: 'Rust', library: 'rmp-serde', source: 'docs.rs/rmp-serde' },
    { language: 'R', library: 'RcppMsgPack', source: 'cran.r-project.org/package=RcppMsgPack' },
    {
      language: 'JavaScript',
      library: '@formatlab/msgpack, msgpackr, @msgpack/msgpack',
      source: 'this package',
    },
  ],
  portability: [
    {
      text: 'Numbers are big-endian by specification; arrays name their byte order in the dtype',
      source: 'spec.md, Formats; src/forms/dtype-text.ts',
    },
    {
      text: 'Arrays, tables and tags are maps by convention: a reader that does not know them sees plain maps',
      source: 'src/forms',
    },
  ],
  access: [
    {
      text: 'There is no index: the headers before an entry are read to reach it',
      source: 'spec.md has none',
    },
    { text: 'An entry more is a new file', source: 'src/format.ts' },
  ],
};
