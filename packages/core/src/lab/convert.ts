import type { FormatSet } from '../contract/context.js';
import type { CallOptions } from './call.js';
import type { Input } from './input.js';
import { load } from './load.js';
import { type SaveOptions, type SaveReport, save, type Target } from './save.js';

export interface ConvertOptions {
  /** How to read the input. */
  readonly from?: CallOptions | undefined;
  /** How to write the target. */
  readonly to?: SaveOptions | undefined;
}

/**
 * Reads a file, or what its selector names, and writes it in another format.
 *
 * @example await convert(formats, 'run.h5#/temps', 'temps.npy')
 * @throws FormatError
 */
export async function convert(
  formats: FormatSet,
  input: Input,
  target: Target,
  options: ConvertOptions = {},
): Promise<SaveReport> {
  const losses: SaveReport['losses'][number][] = [];
  const value = await load(formats, input, {
    ...options.from,
    onLoss: (loss) => {
      losses.push(loss);
      options.from?.onLoss?.(loss);
    },
  });
  const report = await save(formats, target, value, options.to);
  return { ...report, losses: [...losses, ...report.losses] };
}
