import type { FormatFacts } from '@formatlab/core';

/** What no measurement tells. Give a source for each statement. */
export const facts: FormatFacts = {
  id: '{{id}}',
  title: '{{Title}}',
  specification: { text: 'A line with the name, a header of text, the bytes of one array', source: 'src/header.ts' },
  humanReadable: false,
  languages: [{ language: 'JavaScript', library: '@formatlab/{{id}}', source: 'this package' }],
  portability: [{ text: 'Files name their byte order and are read on machines of the same one', source: 'src/header.ts' }],
  access: [{ text: 'The whole file is read', source: 'src/format.ts' }],
};
