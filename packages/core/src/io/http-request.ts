import { FormatError, isFormatError } from '../errors.js';

/** How requests to one URL are made. */
export interface Requests {
  readonly url: string;
  /** The URL without what may be secret, for messages. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly retries: number;
  /** Milliseconds before the first retry; each further one waits twice as long. */
  readonly retryDelay: number;
}

/** A failure that may be gone with the next try. */
class Passing extends Error {}

/**
 * Sends a request and hands the response to `use`, both again after a dropped connection or an overloaded
 * server.
 *
 * @throws FormatError `not-found`, `io`, `aborted`
 */
export async function request<T>(
  requests: Requests,
  range: string | undefined,
  signal: AbortSignal | undefined,
  use: (response: Response) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(requests, range, signal, use);
    } catch (error) {
      if (signal?.aborted === true) throw aborted(requests, signal);
      if (isFormatError(error)) throw error;
      if (attempt >= requests.retries) throw failed(requests, error, attempt + 1);
      await pause(requests.retryDelay * 2 ** attempt, signal);
    }
  }
}

/** Marks what `use` found as worth another try. */
export function dropped(state: string): Error {
  return new Passing(state);
}

async function once<T>(
  { url, name, headers, fetch }: Requests,
  range: string | undefined,
  signal: AbortSignal | undefined,
  use: (response: Response) => Promise<T>,
): Promise<T> {
  const response = await fetch(url, {
    // With a range, fetch asks for no compression of its own accord.
    headers: { ...headers, ...(range === undefined ? {} : { range }) },
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    if (response.status >= 500 || response.status === 429 || response.status === 408) {
      throw dropped(`the server answers ${response.status}`);
    }
    if (response.status === 404 || response.status === 410) {
      throw new FormatError('not-found', `open '${name}': the server answers ${response.status}`, {
        path: name,
      });
    }
    if (!response.ok && response.status !== 416) {
      const words = response.status === 401 || response.status === 403 ? 'permission denied, ' : '';
      throw new FormatError('io', `read '${name}': ${words}the server answers ${response.status}`, {
        path: name,
      });
    }
    return await use(response);
  } catch (error) {
    await response.body?.cancel().catch(() => undefined);
    throw error;
  }
}

function failed({ name }: Requests, error: unknown, attempts: number): FormatError {
  // undici hides the reason of `fetch failed` in the cause.
  const reason = (error as { readonly cause?: { readonly message?: string } }).cause?.message;
  const words = reason || (error instanceof Error ? error.message : String(error));
  return new FormatError('io', `read '${name}': ${words}, ${attempts} ${attempts === 1 ? 'try' : 'tries'}`, {
    path: name,
    cause: error,
  });
}

function aborted({ name }: Requests, signal: AbortSignal): FormatError {
  return new FormatError('aborted', `read '${name}': aborted by the caller`, {
    path: name,
    cause: signal.reason,
  });
}

/** Ends early when the signal is aborted; the next try then throws. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}
