import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'json',
  title: 'JSON and NDJSON',
  specification: {
    text: 'RFC 8259, ECMA-404; NaN and infinities as Python writes them',
    source: 'rfc-editor.org/rfc/rfc8259',
  },
  humanReadable: true,
  languages: [
    { language: 'Python', library: 'json', source: 'docs.python.org/3/library/json.html' },
    { language: 'JavaScript', library: 'JSON.parse; @formatlab/json', source: 'this package' },
    { language: 'R', library: 'jsonlite', source: 'cran.r-project.org/package=jsonlite' },
    { language: 'MATLAB', library: 'jsondecode', source: 'mathworks.com/help/matlab/ref/jsondecode.html' },
    {
      language: 'Java, Go, Rust, C++',
      library: 'Jackson, encoding/json, serde_json, nlohmann/json',
      source: 'json.org',
    },
  ],
  portability: [
    { text: 'Text in UTF-8: the same on every machine', source: 'RFC 8259, section 8.1' },
    {
      text: 'Integers beyond 2^53 and NaN are read differently by different libraries',
      source: 'RFC 8259, section 6',
    },
  ],
  access: [
    { text: 'A document has no index: the whole is parsed to reach one entry', source: 'RFC 8259' },
    { text: 'NDJSON grows by lines at the end', source: 'test/lines.test.ts' },
  ],
};
