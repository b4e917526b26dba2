import type { Context } from '@formatlab/core';
import type { MatrixWork } from './mat5/decode-matrix.js';
import type { WriteSettings } from './mat5/encode.js';
import type { MatlabOptions } from './options.js';

export function readWork({
  options,
  budget,
  loss,
}: Pick<Context<MatlabOptions>, 'options' | 'budget' | 'loss'>): MatrixWork {
  return { budget, loss, order: options.order ?? 'C', squeeze: options.squeeze ?? false };
}

export function writeSettings({
  options,
  budget,
  loss,
}: Pick<Context<MatlabOptions>, 'options' | 'budget' | 'loss'>): WriteSettings {
  return {
    loss,
    maxDepth: budget.maxDepth,
    compress: options.compress ?? options.version === '7',
    name: options.name ?? 'data',
  };
}
