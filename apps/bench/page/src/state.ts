import { DEFAULT_DEMAND, type Demand } from '../../src/report/demand.js';

/** What the reader has chosen; it stands in the address, so that a link shows the same. */
export interface State extends Demand {
  /** Key of the data set; empty for the first. */
  readonly data: string;
  /** A compression, or `all`. */
  readonly show: string;
  /** Part of the names of the rows to show. */
  readonly find: string;
  /** Whether rows that lose values count in the ranking: `yes` or empty. */
  readonly lossy: string;
  /** Measures of the scatter. */
  readonly x: string;
  readonly y: string;
  /** Operation whose times are drawn. */
  readonly operation: string;
  /** Column that orders the matrix. */
  readonly sort: string;
  /** Measures of the growth curves. */
  readonly time: string;
  readonly space: string;
  /** Cell whose details are open. */
  readonly cell: string;
}

export const INITIAL: State = {
  ...DEFAULT_DEMAND,
  data: '',
  show: 'none',
  find: '',
  lossy: '',
  x: 'size',
  y: 'read',
  operation: '',
  sort: '',
  time: 'read',
  space: 'memory-read',
  cell: '',
};

/** A choice that the data does not have falls back where it is used. */
export function readState(): State {
  const given = new URLSearchParams(location.hash.slice(1));
  const entries = Object.entries(INITIAL).map(([name, initial]: [string, string | number]) => {
    const text = given.get(name);
    if (text === null) return [name, initial];
    if (typeof initial === 'string') return [name, text];
    const number = text === 'none' ? Number.POSITIVE_INFINITY : Number(text);
    return [name, text === '' || Number.isNaN(number) || number < 0 ? initial : number];
  });
  // The entries are those of INITIAL, with values of the same types.
  return Object.fromEntries(entries) as unknown as State;
}

/** Nothing for what was not changed: the plain page has a plain address. */
export function hashOf(state: State): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(state))
    if (value !== INITIAL[name as keyof State])
      params.set(name, value === Number.POSITIVE_INFINITY ? 'none' : String(value));
  return `#${params}`;
}
