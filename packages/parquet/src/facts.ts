import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'parquet',
  title: 'Apache Parquet',
  specification: {
    text: 'Apache Parquet format 2.11; files are written with nothing that a reader of version 1 does not know',
    source: 'parquet.apache.org/docs/file-format/',
  },
  humanReadable: false,
  languages: [
    {
      language: 'Python',
      library: 'pyarrow, pandas, polars, fastparquet',
      source: 'arrow.apache.org/docs/python/parquet.html',
    },
    { language: 'R', library: 'arrow, nanoparquet', source: 'arrow.apache.org/docs/r/' },
    {
      language: 'Java',
      library: 'parquet-java, Spark, Hive',
      source: 'github.com/apache/parquet-java',
    },
    { language: 'C++', library: 'Apache Arrow, DuckDB', source: 'arrow.apache.org/docs/cpp/parquet.html' },
    { language: 'Rust', library: 'parquet, polars', source: 'docs.rs/parquet' },
    {
      language: 'Go',
      library: 'parquet-go, arrow-go',
      source: 'pkg.go.dev/github.com/parquet-go/parquet-go',
    },
    {
      language: 'MATLAB',
      library: 'parquetread, parquetwrite',
      source: 'mathworks.com/help/matlab/ref/parquetread.html',
    },
    { language: 'Julia', library: 'Parquet2.jl', source: 'expandingman.gitlab.io/Parquet2.jl' },
    { language: 'C#', library: 'Parquet.Net', source: 'github.com/aloneguid/parquet-dotnet' },
    {
      language: 'JavaScript',
      library: '@formatlab/parquet, hyparquet, parquetjs-lite',
      source: 'this package',
    },
  ],
  portability: [
    {
      text: 'All numbers are little-endian, so that files are the same on every machine',
      source: 'Parquet format, Encodings, "Plain"',
    },
    {
      text: 'Files of format version 1 and 2, data pages of version 1 and 2, and those of writers from 2013 on are read',
      source: 'test/fixtures; the apache/parquet-testing corpus',
    },
    {
      text: 'INT96 timestamps have no unit that fits all writers: microseconds are taken for Spark, nanoseconds for the rest',
      source: 'parquet-testing, int96_from_spark.md',
    },
  ],
  access: [
    {
      text: 'The footer at the end lists columns, types and the place of every column chunk; rows and columns are found by it, and pages by the offset index',
      source: 'Parquet format, "File format" and "Page Index"',
    },
    {
      text: 'Rows are added as row groups behind the old footer, which stays as dead bytes, and a new footer after them',
      source: 'Parquet format, "Metadata"; test/appending.test.ts',
    },
    { text: 'Replacing a value means to write the file anew', source: 'Parquet format, "Metadata"' },
  ],
};
