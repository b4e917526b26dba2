import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'yaml',
  title: 'YAML',
  specification: {
    text: 'YAML 1.2.2, core schema; YAML 1.1 as PyYAML has it',
    source: 'yaml.org/spec/1.2.2',
  },
  humanReadable: true,
  languages: [
    { language: 'Python', library: 'PyYAML, ruamel.yaml', source: 'pyyaml.org' },
    { language: 'JavaScript', library: 'js-yaml, yaml; @formatlab/yaml', source: 'this package' },
    { language: 'R', library: 'yaml', source: 'cran.r-project.org/package=yaml' },
    { language: 'MATLAB', library: 'none of its own', source: 'mathworks.com/help/matlab' },
    {
      language: 'Java, Go, Rust, C++',
      library: 'SnakeYAML, go-yaml, serde_yaml, yaml-cpp',
      source: 'yaml.org',
    },
  ],
  portability: [
    { text: 'Text in UTF-8: the same on every machine', source: 'YAML 1.2.2, section 5.2' },
    {
      text: 'Text without quotes means other things in 1.1 and 1.2: yes, 017, 12:30, dates',
      source: 'YAML 1.2.2, section 10.3; yaml.org/type',
    },
  ],
  access: [
    {
      text: 'A document has no index: the whole is parsed to reach one entry',
      source: 'YAML 1.2.2, chapter 3',
    },
  ],
};
