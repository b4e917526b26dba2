import type { OptionSpecs } from '@formatlab/core';

export interface {{Type}}Options {
  /** Spaces before each line of the header. */
  readonly indent?: number;
}

/** Options as data: validation, documentation and the command line come from here. */
export const options: OptionSpecs<{{Type}}Options> = {
  indent: {
    for: 'write',
    type: 'integer',
    min: 0,
    max: 8,
    default: 0,
    doc: 'Spaces before each line of the header, for people who read it',
  },
};
