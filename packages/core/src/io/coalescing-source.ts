import type { Source } from './source.js';

export interface CoalescingOptions {
  /** Ranges this near to each other are read as one. Default 4096 bytes. */
  readonly gap?: number;
}

export function coalescingSource(inner: Source, _options: CoalescingOptions = {}): Source {
  return inner;
}
