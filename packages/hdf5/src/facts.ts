import type { FormatFacts } from '@formatlab/core';

export const facts: FormatFacts = {
  id: 'hdf5',
  title: 'HDF5',
  specification: {
    text: 'HDF5 File Format Specification, version 3.0; files are written in the form of HDF5 1.8',
    source: 'docs.hdfgroup.org',
  },
  humanReadable: false,
  languages: [
    { language: 'Python', library: 'h5py, PyTables, pandas', source: 'docs.h5py.org' },
    {
      language: 'MATLAB',
      library: 'h5read, MAT files of version 7.3',
      source: 'mathworks.com/help/matlab/hdf5-files.html',
    },
    { language: 'R', library: 'rhdf5, hdf5r', source: 'bioconductor.org/packages/rhdf5' },
    { language: 'C, C++, Fortran', library: 'the HDF5 library', source: 'hdfgroup.org' },
    { language: 'Julia', library: 'HDF5.jl', source: 'juliaio.github.io/HDF5.jl' },
    { language: 'JavaScript', library: 'h5wasm; @formatlab/hdf5', source: 'this package' },
  ],
  portability: [
    {
      text: 'Types name their byte order and size: files are read on every machine',
      source: 'specification, IV.A.2.d',
    },
    {
      text: 'Filters beyond gzip, shuffle and those of the library need a plugin in the reader',
      source: 'specification, IV.A.2.l',
    },
  ],
  access: [
    {
      text: 'Groups lead to every dataset; of a dataset only the rows or chunks asked for are read',
      source: 'specification, III and IV',
    },
    {
      text: 'New objects go behind the file and the superblock is pointed at them; values of one size are replaced in place',
      source: 'src/edit',
    },
  ],
};
