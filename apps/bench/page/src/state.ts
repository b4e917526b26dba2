import { DEFAULT_DEMAND, type Demand } from '../../src/report/demand.js';

/** What the reader has chosen; it stands in the address, so that a link shows the same. */
export interface State extends Demand {
  /** Section that a link points at. */
  readonly at: string;
  /** Key of the data set; empty for the one that was measured most fully. */
  readonly data: string;
  /** A compression, or `all`. */
  readonly show: string;
  /** Whether the libraries of others are shown: `no` or empty. */
  readonly peers: string;
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
  at: '',
  data: '',
  show: 'none',
  peers: '',
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

/** A choice that the data does not have falls back where it is used. `#matrix` is short for `#at=matrix`. */
export function readState(): State {
  const text = location.hash.slice(1);
  const given = new URLSearchParams(/^[\w-]+$/.test(text) ? `at=${text}` : text);
  const entries = Object.entries(INITIAL).map(([name, initial]: [string, string | number]) => {
    const value = given.get(name);
    if (value === null) return [name, initial];
    if (typeof initial === 'string') return [name, value];
    const number = value === 'none' ? Number.POSITIVE_INFINITY : Number(value);
    return [name, value === '' || Number.isNaN(number) || number < 0 ? initial : number];
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
