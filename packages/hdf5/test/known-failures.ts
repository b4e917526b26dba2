/** What an engine cannot read of the fixtures, and why. */
export const KNOWN_FAILURES: readonly {
  readonly engine: 'native' | 'h5wasm';
  readonly file: string;
  readonly path: string;
  readonly reason: string;
}[] = [
  { engine: 'h5wasm', file: 'filters.h5', path: '/lzf', reason: 'lzf is a plugin of h5py' },
  {
    engine: 'h5wasm',
    file: 'filters.h5',
    path: '/lzf-shuffle-fletcher32',
    reason: 'lzf is a plugin of h5py',
  },
];
