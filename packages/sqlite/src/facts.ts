import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'sqlite',
  title: 'SQLite',
  specification: {
    text: 'Database File Format of SQLite 3, with its write-ahead log',
    source: 'sqlite.org/fileformat2.html',
  },
  humanReadable: false,
  languages: [
    { language: 'C, C++', library: 'SQLite', source: 'sqlite.org' },
    {
      language: 'Python',
      library: 'sqlite3, pandas.read_sql',
      source: 'docs.python.org/3/library/sqlite3.html',
    },
    { language: 'R', library: 'RSQLite', source: 'cran.r-project.org/package=RSQLite' },
    { language: 'MATLAB', library: 'Database Toolbox', source: 'mathworks.com/help/database/ug/sqlite.html' },
    { language: 'Java', library: 'sqlite-jdbc', source: 'github.com/xerial/sqlite-jdbc' },
    { language: 'Go', library: 'mattn/go-sqlite3', source: 'github.com/mattn/go-sqlite3' },
    { language: 'Rust', library: 'rusqlite', source: 'docs.rs/rusqlite' },
    { language: 'Julia', library: 'SQLite.jl', source: 'github.com/JuliaDatabases/SQLite.jl' },
    {
      language: 'JavaScript',
      library: '@formatlab/sqlite, node:sqlite, node-sqlite3-wasm, sql.js',
      source: 'this package',
    },
  ],
  portability: [
    {
      text: 'Numbers are big-endian by specification; text is UTF-8 or UTF-16 of either byte order, as the header says',
      source: 'sqlite.org/fileformat2.html, 1.3; test/fixtures/utf16be.db',
    },
    {
      text: 'Every version 3 reads the files of all before it, and the format is promised to stay until 2050',
      source: 'sqlite.org/lts.html',
    },
    {
      text: 'Arrays are blobs in a table by convention: little-endian, their dtype named as NumPy does',
      source: 'README, layout',
    },
  ],
  access: [
    {
      text: 'Rows lie in b-trees of pages: one is found in a few pages by its key, arrays by an index over their names',
      source: 'sqlite.org/fileformat2.html, 1.6; test/edges.test.ts',
    },
    {
      text: 'Changes replace pages in their place, behind a journal or a log from which a cut-off one is undone',
      source: 'sqlite.org/atomiccommit.html',
    },
    {
      text: 'There are no checksums over the data: a flipped bit in a number is read as another number',
      source: 'sqlite.org/cksumvfs.html',
    },
  ],
};
