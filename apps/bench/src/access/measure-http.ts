import { createLab, type Format } from '@formatlab/core';
import { type Arrays, type Container, READS } from './containers.js';
import type { ServedCounts } from './range-server.js';
import { readOnce } from './read-container.js';

/** One read over HTTP, by a reader that has never seen the file. */
export interface HttpRead {
  readonly ms: number;
  readonly requests: number;
  readonly bytes: number;
}

export interface HttpFailure {
  readonly reason: string;
}

export type HttpReads = { readonly [Operation in 'list' | 'one' | 'rows']: HttpRead | HttpFailure };

/** Listing reads the head of each member in some formats: over HTTP that is given up after this time. */
const MOST_SECONDS = 30;

export async function measureHttp(
  container: Pick<Container, 'format' | 'layout' | 'indexed'>,
  url: string,
  arrays: Pick<Arrays, 'count' | 'rows'>,
  formats: readonly Format[],
): Promise<HttpReads> {
  const lab = createLab(formats);
  const results: Partial<Record<keyof HttpReads, HttpRead | HttpFailure>> = {};
  for (const operation of READS) {
    const { one } = results;
    // Rows are found in the same way as the whole of it: what took too long does so again.
    if (operation === 'rows' && one !== undefined && 'reason' in one) results.rows = one;
    results[operation] ??= await counted(url, (limited) =>
      readOnce(
        { ...lab, open: (input, call) => lab.open(input, { ...call, ...limited }) },
        url,
        container,
        operation,
        arrays,
        0,
      ),
    );
  }
  return results as HttpReads; // one for each operation
}

/** Runs a read and asks the server what it took. */
export async function counted(
  url: string,
  read: (call: { readonly signal: AbortSignal }) => Promise<unknown>,
): Promise<HttpRead | HttpFailure> {
  await countsOf(url);
  const start = performance.now();
  try {
    await read({ signal: AbortSignal.timeout(MOST_SECONDS * 1000) });
  } catch (error) {
    if (performance.now() - start >= MOST_SECONDS * 1000)
      return { reason: `not finished in ${MOST_SECONDS} s` };
    return { reason: error instanceof Error ? error.message : String(error) };
  }
  const ms = performance.now() - start;
  return { ms, ...(await countsOf(url)) };
}

async function countsOf(url: string): Promise<ServedCounts> {
  const response = await fetch(new URL('/counts', url));
  return (await response.json()) as ServedCounts; // of our own server
}
