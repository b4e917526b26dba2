import { defaultBudget, type Loss, type Value } from '@formatlab/core';
import { decode } from './decode.js';
import type { CsvOptions } from './options.js';

/**
 * The table or array in the bytes of a CSV file, without the framework around it.
 *
 * @example decodeCsv(readFileSync('people.csv'), { header: 'yes' })
 * @throws FormatError
 */
export function decodeCsv(
  bytes: Uint8Array,
  options: CsvOptions = {},
  onLoss: (loss: Loss) => void = () => {},
): Value {
  return decode(bytes, { options, budget: defaultBudget(bytes.length), loss: onLoss, progress() {} });
}
