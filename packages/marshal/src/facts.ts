import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'marshal',
  title: 'Python marshal',
  specification: {
    text: 'Python/marshal.c and Lib/importlib/_bootstrap_external.py of CPython; there is no other',
    source: 'docs.python.org/3/library/marshal.html',
  },
  humanReadable: false,
  languages: [
    {
      language: 'Python',
      library: 'marshal (standard library)',
      source: 'docs.python.org/3/library/marshal.html',
    },
    { language: 'JavaScript', library: '@formatlab/marshal', source: 'this package' },
  ],
  portability: [
    {
      text: 'Numbers are little-endian and floats IEEE 754 from version 2 on, whatever the machine',
      source: 'Python/marshal.c, w_long and w_float_bin',
    },
    {
      text: 'Python does not promise that a later Python reads a file; versions 0 to 4 are read by all that are alive, code objects only by the one that wrote them',
      source: 'docs.python.org/3/library/marshal.html; test/fixtures',
    },
    {
      text: 'Loading a file from a stranger is not safe in Python; here nothing in it is executed',
      source: 'docs.python.org/3/library/marshal.html; src/decoder.ts',
    },
  ],
  access: [
    { text: 'There is no index: the whole is decoded to reach one entry', source: 'Python/marshal.c' },
    { text: 'An entry more is a new file', source: 'src/format.ts' },
  ],
};
