import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'text',
  title: 'Text',
  specification: {
    text: 'The files of NumPy’s savetxt, loadtxt and genfromtxt; there is no standard',
    source: 'numpy.org/doc/stable/reference/generated/numpy.loadtxt.html',
  },
  humanReadable: true,
  languages: [
    {
      language: 'Python',
      library: 'numpy.loadtxt, pandas.read_csv',
      source: 'numpy.org/doc/stable/reference/routines.io.html',
    },
    {
      language: 'MATLAB, Octave',
      library: 'readmatrix, load -ascii',
      source: 'mathworks.com/help/matlab/ref/readmatrix.html',
    },
    { language: 'R', library: 'read.table, scan', source: 'stat.ethz.ch/R-manual' },
    { language: 'Julia', library: 'DelimitedFiles', source: 'docs.julialang.org' },
    { language: 'C, Fortran', library: 'scanf, read(*,*)', source: 'the languages’ standards' },
    { language: 'gnuplot', library: 'plot', source: 'gnuplot.info' },
    { language: 'JavaScript', library: '@formatlab/text', source: 'this package' },
  ],
  portability: [
    {
      text: 'Decimal digits are the same everywhere; doubles come back to the bit from their shortest text',
      source: 'test/conformance.test.ts',
    },
    {
      text: 'Type and shape are not in the file: they are inferred from all of it',
      source: 'src/decode.ts',
    },
  ],
  access: [
    {
      text: 'Rows have no fixed place: all before one are read to reach it',
      source: 'src/numbers/read-matrix.ts',
    },
    { text: 'Rows are added at the end of the file', source: 'src/editor.ts' },
  ],
};
