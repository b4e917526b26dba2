import { damagedIndex, type VarintReader, type VarintWriter } from './varints.js';

/** Where some of the items that follow one another in a file begin. */
export interface PlaceMarks {
  /** Items in all. */
  readonly count: number;
  /** Where the last one ends. */
  readonly end: number;
  /** Numbers of items, and where they begin: the first one, and others in order. */
  readonly numbers: readonly number[];
  readonly places: readonly number[];
}

export function writeMarks(writer: VarintWriter, { count, end, numbers, places }: PlaceMarks): void {
  writer.unsigned(count);
  writer.unsigned(end);
  writer.rising(numbers);
  writer.rising(places);
}

/**
 * @param size bytes of the file: no place lies behind them, and each item takes one or more
 * @throws FormatError `corrupt` of feature `index`
 */
export function readMarks(reader: VarintReader, size: number): PlaceMarks {
  const count = reader.unsigned();
  const end = reader.unsigned();
  if (end > size) throw damagedIndex('a position in it lies behind the end of the file');
  const numbers = reader.rising(count);
  const places = reader.rising(end);
  if (numbers[0] !== 0 || numbers.length !== places.length || count > size)
    throw damagedIndex('a list in it is none');
  return { count, end, numbers, places };
}

/** The last mark that is not behind an item. */
export function markBefore(
  { numbers, places }: PlaceMarks,
  number: number,
): { readonly number: number; readonly at: number } {
  const mark = numbers.findLastIndex((other) => other <= number);
  return { number: numbers[mark]!, at: places[mark]! };
}
