import type { FormatSet } from '../contract/context.js';
import { type FormatError, isFormatError } from '../errors.js';
import type { Loss } from '../loss.js';
import type { Value } from '../values/value.js';
import { encode, type SaveOptions } from './save.js';

/** What would happen to a value in a format, told before writing. */
export interface Plan {
  readonly format: string;
  /** False where the format refuses the value; `refusal` says why. */
  readonly possible: boolean;
  readonly losses: readonly Loss[];
  readonly refusal: FormatError | undefined;
}

/**
 * What would be lost or refused. The value is encoded and the bytes are thrown away: what is told is what
 * `save` does, not an estimate.
 */
export async function plan(
  formats: FormatSet,
  value: Value,
  format: string,
  options: SaveOptions = {},
): Promise<Plan> {
  formats.get(format);
  const losses: Loss[] = [];
  try {
    await encode(
      formats,
      value,
      { ...options, format, strict: false, compression: 'none', onLoss: (loss) => losses.push(loss) },
      `plan for ${format}`,
    );
    return { format, possible: true, losses, refusal: undefined };
  } catch (error) {
    if (!isFormatError(error) || error.code === 'options' || error.code === 'aborted') throw error;
    return { format, possible: false, losses, refusal: error };
  }
}
