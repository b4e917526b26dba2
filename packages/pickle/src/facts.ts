import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'pickle',
  title: 'Python pickle',
  specification: {
    text: 'Opcodes of protocols 0 to 5; PEP 307, PEP 3154 and PEP 574',
    source: 'docs.python.org/3/library/pickle.html; Lib/pickletools.py of CPython',
  },
  humanReadable: false,
  languages: [
    {
      language: 'Python',
      library: 'pickle of the standard library',
      source: 'docs.python.org/3/library/pickle.html',
    },
    {
      language: 'JavaScript',
      library: '@formatlab/pickle; pickleparser (reads)',
      source: 'this package; github.com/ewfian/pickleparser',
    },
    { language: 'Java', library: 'pickle (formerly Pyrolite)', source: 'github.com/irmen/pickle' },
    { language: 'Rust', library: 'serde-pickle', source: 'docs.rs/serde-pickle' },
    { language: 'Julia', library: 'Pickle.jl', source: 'github.com/chengchingwen/Pickle.jl' },
  ],
  portability: [
    { text: 'Numbers are little-endian, floats big-endian, on every machine', source: 'Lib/pickletools.py' },
    { text: 'NumPy dtypes name their byte order; both are read', source: 'src/values/dtype.ts' },
    {
      text: 'Objects need their classes: in Python of the same name, here they come back as named data',
      source: 'docs.python.org/3/library/pickle.html, What can be pickled',
    },
    {
      text: 'Loading a pickle in Python runs what it names; this package runs nothing',
      source: 'docs.python.org/3/library/pickle.html, warning',
    },
  ],
  access: [
    {
      text: 'There is no index: the whole is decoded to reach one entry',
      source: 'Lib/pickletools.py has none',
    },
    {
      text: 'Pickles may stand one behind the other in a file: adding one writes only it',
      source: 'docs.python.org/3/library/pickle.html, Pickler',
    },
  ],
};
