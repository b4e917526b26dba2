/**
 * What a MATLAB array has no room for, kept in the second word of the array flags. The specification leaves it
 * undefined for every class but sparse (figure 1-6), so that other programs read over it: they see plain arrays,
 * cells and structs, and we see what was saved.
 */
export interface Mark {
  readonly kind: MarkKind;
  readonly rank: Rank;
  /** The variable is the whole value that was saved, not one of named entries. */
  readonly root: boolean;
  /** Of datetime64 and timedelta64. */
  readonly unit: string | undefined;
}

const KINDS = [
  'plain',
  'null',
  'list',
  'strings',
  'bytes',
  'bytes-array',
  'date',
  'pairs',
  'tagged',
  'table',
  'datetime64',
  'timedelta64',
  'bigint',
  'objects',
] as const;
export type MarkKind = (typeof KINDS)[number];

/** MATLAB's arrays have two dimensions at least: `row` and `column` are those of one, `scalar` of none. */
const RANKS = ['as-stored', 'scalar', 'row', 'column'] as const;
export type Rank = (typeof RANKS)[number];

const UNITS = ['', 'Y', 'M', 'W', 'D', 'h', 'm', 's', 'ms', 'us', 'ns', 'ps', 'fs', 'as', 'generic'] as const;

/** `FL` in the upper half. */
const SIGNATURE = 0x464c;
const RANK_SHIFT = 5;
const ROOT_BIT = 1 << 7;
const UNIT_SHIFT = 8;

export const PLAIN: Mark = { kind: 'plain', rank: 'as-stored', root: false, unit: undefined };

/** 0 where there is nothing to say, as every other writer has it. */
export function markWord(mark: Mark): number {
  const unit = UNITS.indexOf((mark.unit ?? '') as (typeof UNITS)[number]);
  const low =
    KINDS.indexOf(mark.kind) |
    (RANKS.indexOf(mark.rank) << RANK_SHIFT) |
    (mark.root ? ROOT_BIT : 0) |
    (Math.max(0, unit) << UNIT_SHIFT);
  return low === 0 ? 0 : SIGNATURE * 0x10000 + low;
}

export function markOfWord(word: number): Mark {
  if (word >>> 16 !== SIGNATURE) return PLAIN;
  const kind = KINDS[word & 31];
  const unit = UNITS[(word >>> UNIT_SHIFT) & 31];
  if (kind === undefined || unit === undefined) return PLAIN;
  return {
    kind,
    rank: RANKS[(word >>> RANK_SHIFT) & 3] ?? 'as-stored',
    root: (word & ROOT_BIT) !== 0,
    unit: unit === '' ? undefined : unit,
  };
}

/** The unit as the mark can hold it: `25s` is 25 times `s`. */
export function splitUnit(unit: string): { readonly factor: bigint; readonly unit: string } | undefined {
  const [, digits = '', name = ''] = /^(\d*)(\D+)$/.exec(unit) ?? [];
  if (name === '' || !UNITS.some((known) => known === name)) return undefined;
  return { factor: digits === '' ? 1n : BigInt(digits), unit: name };
}
