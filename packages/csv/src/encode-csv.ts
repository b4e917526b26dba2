import { fitValue, joinBytes, type Loss, type Value } from '@formatlab/core';
import { can } from './capabilities.js';
import { encode } from './encode.js';
import type { CsvOptions } from './options.js';

/**
 * A table or array as the bytes of a CSV file, without the framework around it.
 *
 * @example writeFileSync('people.csv', encodeCsv(table([{ name: 'Ada', born: 1815n }])))
 * @throws FormatError
 */
export function encodeCsv(
  value: Value,
  options: CsvOptions = {},
  onLoss: (loss: Loss) => void = () => {},
): Uint8Array {
  return joinBytes(encode(fitValue(value, { id: 'csv', can }, onLoss), { options, loss: onLoss }));
}
