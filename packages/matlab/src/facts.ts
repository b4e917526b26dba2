import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'matlab',
  title: 'MATLAB MAT',
  specification: {
    text: 'MAT-File Format: level 4 and level 5 MAT files; version 7.3 is HDF5 with attributes of MATLAB',
    source: 'mathworks.com/help/pdf_doc/matlab/matfile_format.pdf',
  },
  humanReadable: false,
  languages: [
    { language: 'MATLAB', library: 'load, save', source: 'mathworks.com/help/matlab/ref/save.html' },
    { language: 'GNU Octave', library: 'load, save', source: 'docs.octave.org, Simple File I/O' },
    { language: 'Python', library: 'scipy.io', source: 'docs.scipy.org/doc/scipy/reference/io.html' },
    { language: 'C', library: 'matio', source: 'github.com/tbeu/matio' },
    { language: 'Julia', library: 'MAT.jl', source: 'github.com/JuliaIO/MAT.jl' },
    { language: 'R', library: 'R.matlab', source: 'cran.r-project.org/package=R.matlab' },
    { language: 'JavaScript', library: '@formatlab/matlab', source: 'this package' },
  ],
  portability: [
    {
      text: 'The header names the byte order; both orders are read on every machine',
      source: 'MAT-File Format, figure 1-2; test/fixtures',
    },
    {
      text: 'Function handles and objects mean something to MATLAB alone: they are read as tagged values',
      source: 'test/fixtures',
    },
    {
      text: 'A variable takes 4 GiB at most in versions 5 and 7 (2 GiB in MATLAB itself)',
      source: 'MAT-File Format, element tags; MATLAB: MAT-File Versions',
    },
  ],
  access: [
    {
      text: 'Variables follow one another with their length before them: one is found by reading the heads of those before it',
      source: 'MAT-File Format, level 5: data elements',
    },
    {
      text: 'A new variable is written behind the last one; replacing one copies the file',
      source: 'MAT-File Format, level 5: data elements',
    },
  ],
};
