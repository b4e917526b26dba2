import type { OptionSpecs } from '@formatlab/core';

export interface NumpyOptions {
  readonly container?: 'auto' | 'npy' | 'npz';
  readonly compress?: boolean;
  readonly order?: 'C' | 'keep';
}

export const options: OptionSpecs<NumpyOptions> = {
  container: {
    for: 'write',
    type: 'enum',
    choices: ['auto', 'npy', 'npz'],
    default: 'auto',
    doc: 'npy for one array, npz for named ones; auto: the file name decides, then the value',
  },
  compress: {
    for: 'write',
    type: 'boolean',
    default: false,
    doc: 'Deflate the members of an npz, as numpy.savez_compressed does',
  },
  order: {
    for: 'read',
    type: 'enum',
    choices: ['C', 'keep'],
    default: 'C',
    doc: "Turn Fortran-ordered arrays into C order, or keep the file's order and spare the time",
  },
};
