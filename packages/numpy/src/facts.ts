import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'numpy',
  title: 'NumPy npy and npz',
  specification: {
    text: 'NEP 1, a simple file format for NumPy arrays, versions 1.0 to 3.0; npz is a ZIP of them',
    source: 'numpy.org/neps/nep-0001-npy-format.html',
  },
  humanReadable: false,
  languages: [
    {
      language: 'Python',
      library: 'numpy.load, numpy.save',
      source: 'numpy.org/doc/stable/reference/generated/numpy.lib.format.html',
    },
    {
      language: 'C++',
      library: 'cnpy, xtensor',
      source: 'xtensor.readthedocs.io/en/latest/file_loading.html',
    },
    { language: 'R', library: 'RcppCNPy, reticulate', source: 'cran.r-project.org/package=RcppCNPy' },
    { language: 'Julia', library: 'NPZ.jl', source: 'github.com/fhs/NPZ.jl' },
    { language: 'Rust', library: 'ndarray-npy', source: 'docs.rs/ndarray-npy' },
    { language: 'JavaScript', library: '@formatlab/numpy', source: 'this package' },
  ],
  portability: [
    {
      text: 'The header names the byte order; both orders are read on every machine',
      source: 'test/fixtures, big-endian files',
    },
    {
      text: 'long double (f16) depends on the machine that wrote it: it is read as float64, with a reported loss',
      source: 'NumPy: numpy.longdouble',
    },
    { text: 'Object arrays are pickles, and need a format for them', source: 'NEP 1, format specification' },
  ],
  access: [
    {
      text: 'npy: rows of the slowest dimension are one contiguous run; npz: the directory at the end gives the place of every array',
      source: 'APPNOTE 6.3.10, 4.3.12',
    },
    {
      text: 'npy grows by rows in place as long as the header has room; npz by new members and a new directory',
      source: 'NumPy 1.23 release notes; APPNOTE 4.3.1',
    },
  ],
};
