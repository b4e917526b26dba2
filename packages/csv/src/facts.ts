import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'csv',
  title: 'CSV',
  specification: {
    text: 'RFC 4180; dialects, types and nulls by convention',
    source: 'rfc-editor.org/rfc/rfc4180',
  },
  humanReadable: true,
  languages: [
    { language: 'Python', library: 'pandas.read_csv, numpy.loadtxt, csv', source: 'pandas.pydata.org/docs' },
    { language: 'R', library: 'read.csv, data.table::fread', source: 'rdatatable.gitlab.io/data.table' },
    {
      language: 'MATLAB',
      library: 'readtable, readmatrix',
      source: 'mathworks.com/help/matlab/ref/readtable.html',
    },
    { language: 'JavaScript', library: 'Papa Parse; @formatlab/csv', source: 'this package' },
    {
      language: 'spreadsheets and databases',
      library: 'import and export',
      source: 'RFC 4180, introduction',
    },
  ],
  portability: [
    {
      text: 'Text: the same on every machine, once delimiter, decimal mark and encoding are known',
      source: 'test/conformance.test.ts',
    },
    { text: 'Types are not in the file: every reader infers its own', source: 'RFC 4180 has none' },
  ],
  access: [
    { text: 'Rows are found by reading all before them', source: 'RFC 4180, section 2' },
    { text: 'An index beside the file finds a row in one read', source: 'test/index-beside.test.ts' },
    { text: 'Rows are added at the end, nothing else is touched', source: 'src/editor.ts' },
  ],
};
