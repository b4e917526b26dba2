import type { Source } from './source.js';

export interface CachingOptions {
  /** Bytes of one page. Default 65,536. */
  readonly pageSize?: number;
  /** Most pages kept; the least recently used goes first. Default 256. */
  readonly pages?: number;
}

export function cachingSource(inner: Source, _options: CachingOptions = {}): Source {
  return inner;
}
