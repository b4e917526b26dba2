import type { Source } from './source.js';

export interface HttpSourceOptions {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

export async function httpSource(url: string, _options: HttpSourceOptions = {}): Promise<Source> {
  throw new Error(`to be written: ${url}`);
}
