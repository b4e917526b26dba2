import type { OptionSpecs } from '@formatlab/core';

export interface MatlabOptions {
  readonly version?: '5' | '7' | '7.3';
  readonly compress?: boolean;
  readonly name?: string;
  readonly order?: 'C' | 'keep';
  readonly squeeze?: boolean;
}

export const options: OptionSpecs<MatlabOptions> = {
  version: {
    for: 'write',
    type: 'enum',
    choices: ['5', '7', '7.3'],
    default: '5',
    doc: '5: as save -v6 writes it; 7: the same with compressed variables; 7.3 is read, and refused for writing',
  },
  compress: {
    for: 'write',
    type: 'boolean',
    doc: 'Deflate each variable; by default only with version 7',
  },
  name: {
    for: 'write',
    type: 'string',
    default: 'data',
    doc: 'Variable name of a value that is no record of named entries',
  },
  order: {
    for: 'read',
    type: 'enum',
    choices: ['C', 'keep'],
    default: 'C',
    doc: "Turn column-major arrays into C order, or keep the file's order and spare the time",
  },
  squeeze: {
    for: 'read',
    type: 'boolean',
    default: false,
    doc: 'Drop dimensions of length 1, as squeeze_me of scipy.io.loadmat does',
  },
};
