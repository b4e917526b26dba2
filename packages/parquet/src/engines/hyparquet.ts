import type { Engine } from '@formatlab/core';
import type { ParquetOptions } from '../options.js';
export const hyparquetEngine = undefined as unknown as Engine<ParquetOptions>;
