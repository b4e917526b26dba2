import { FormatError } from '../errors.js';

/**
 * Part of one dimension, as in NumPy: a number picks one index and drops the dimension, `start:stop:step`
 * a range. Negative numbers count from the end. `step` is positive.
 */
export type SliceItem = number | { readonly start?: number; readonly stop?: number; readonly step?: number };

/** One item a dimension; dimensions left out are taken whole. `'0:10,:'` is the same as text. */
export type Selection = string | readonly SliceItem[];

/** One dimension of a selection fitted to a shape: `count` indices from `start` on, `step` apart. */
export interface Span {
  readonly start: number;
  readonly count: number;
  readonly step: number;
  /** True where a single index was given: the dimension is dropped from the result. */
  readonly drop: boolean;
}

/**
 * The spans that a selection means for `shape`. Ranges are clamped as in Python; an index out of range, a
 * step below 1 and too many items are refused.
 *
 * @throws FormatError `bad-selection`
 */
export function resolveSelection(selection: Selection | undefined, shape: readonly number[]): Span[] {
  const items = typeof selection === 'string' ? parseSelection(selection) : (selection ?? []);
  if (items.length > shape.length) {
    throw badSelection(`select [${describe(items)}]: ${items.length} items for ${shape.length} dimensions`);
  }
  return shape.map((length, axis) => resolveItem(items[axis] ?? {}, length, axis));
}

/** Items from the first to the last that a span picks, those between them that it leaves out too. */
export function spanExtent({ count, step }: Pick<Span, 'count' | 'step'>): number {
  return count === 0 ? 0 : (count - 1) * step + 1;
}

/**
 * How many indices of the first dimension are enough to resolve a selection, where that is known without its length: for
 * reading what has to be counted to be known. Undefined where the selection counts from the end, or has none.
 */
export function rowsToResolve(selection: Selection | undefined): number | undefined {
  const items = typeof selection === 'string' ? parseSelection(selection) : (selection ?? []);
  const first = items[0];
  if (typeof first === 'number') return first < 0 ? undefined : first + 1;
  if (first?.stop === undefined || first.stop < 0 || (first.start ?? 0) < 0) return undefined;
  return first.stop;
}

/** The shape of what `spans` select: dropped dimensions are gone. */
export function shapeOfSpans(spans: readonly Span[]): number[] {
  return spans.filter((span) => !span.drop).map((span) => span.count);
}

/**
 * Parses `0:10,:,-1`. Blanks are allowed; an empty text selects everything.
 *
 * @throws FormatError `bad-selection`
 */
export function parseSelection(text: string): SliceItem[] {
  if (text.trim() === '') return [];
  return text.split(',').map((part) => parseItem(part.trim(), text));
}

function parseItem(part: string, text: string): SliceItem {
  if (/^[+-]?\d+$/.test(part)) return Number(part);
  const match = /^([+-]?\d+)?\s*:\s*([+-]?\d+)?\s*(?::\s*([+-]?\d+)?)?$/.exec(part);
  if (match === null)
    throw badSelection(`parse selection '${text}': '${part}' is neither an index nor start:stop:step`);
  const [, start, stop, step] = match;
  return {
    ...(start === undefined ? {} : { start: Number(start) }),
    ...(stop === undefined ? {} : { stop: Number(stop) }),
    ...(step === undefined ? {} : { step: Number(step) }),
  };
}

function resolveItem(item: SliceItem, length: number, axis: number): Span {
  if (typeof item === 'number') {
    const index = item < 0 ? item + length : item;
    if (!Number.isInteger(index) || index < 0 || index >= length) {
      throw badSelection(`select index ${item} of dimension ${axis}: it has ${length}`);
    }
    return { start: index, count: 1, step: 1, drop: true };
  }
  const step = item.step ?? 1;
  if (!Number.isInteger(step) || step < 1)
    throw badSelection(`select with step ${step} in dimension ${axis}: must be a whole number above 0`);
  const start = clamp(item.start ?? 0, length, axis);
  const stop = clamp(item.stop ?? length, length, axis);
  return { start, count: Math.max(0, Math.ceil((stop - start) / step)), step, drop: false };
}

function clamp(index: number, length: number, axis: number): number {
  if (!Number.isInteger(index))
    throw badSelection(`select ${index} in dimension ${axis}: not a whole number`);
  return Math.min(length, Math.max(0, index < 0 ? index + length : index));
}

function describe(items: readonly SliceItem[]): string {
  return items
    .map((item) =>
      typeof item === 'number'
        ? `${item}`
        : `${item.start ?? ''}:${item.stop ?? ''}${item.step === undefined ? '' : `:${item.step}`}`,
    )
    .join(',');
}

function badSelection(message: string): FormatError {
  return new FormatError('bad-selection', message);
}
