import { FormatError } from '../errors.js';
import { bytesSource } from './bytes-source.js';
import { type CachingOptions, cachingSource } from './caching-source.js';
import { type CoalescingOptions, coalescingSource } from './coalescing-source.js';
import { dropped, type Requests, request } from './http-request.js';
import { checkRange, joinBytes } from './ranges.js';
import type { Range, Source } from './source.js';

export interface HttpSourceOptions {
  /** Aborts opening and every read. */
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Most bytes fetched in one piece from a server that does not answer ranges. Default 64 MiB. */
  readonly maxDownload?: number;
  /** Tries after a dropped connection or an answer 5xx, 429 or 408. Default 3. */
  readonly retries?: number;
  /** Milliseconds before the first retry, doubled for each further one. Default 200. */
  readonly retryDelay?: number;
  /** Pages that are kept, or false for none. */
  readonly caching?: CachingOptions | false;
  /** Which ranges are asked for as one, or false for each alone. */
  readonly coalescing?: CoalescingOptions | false;
}

const DEFAULT_MAX_DOWNLOAD = 64 * 2 ** 20;
const DEFAULT_RETRIES = 3;
const DEFAULT_RETRY_DELAY = 200;
/** The first request asks for this much: it tells the size, and the head is what is read next. */
const FIRST_BYTES = 65_536;
/** Requests under way at once. Over HTTP/1.1 browsers open 6 connections to one host, and let the others wait. */
const MOST_AT_ONCE = 16;

/**
 * A file on a web server, read by ranges (RFC 9110 §14), in pages that are kept. The file is pinned: when it
 * changes on the server, reads fail instead of mixing two versions. A server without ranges is asked for the
 * whole once.
 *
 * @throws FormatError `not-found`, `io`, `aborted`, `options` for something that is no URL, `limit` for a file
 * above `maxDownload` on a server without ranges
 */
export async function httpSource(url: string, options: HttpSourceOptions = {}): Promise<Source> {
  const requests: Requests = {
    url,
    name: publicName(url),
    headers: options.headers ?? {},
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    retries: options.retries ?? DEFAULT_RETRIES,
    retryDelay: options.retryDelay ?? DEFAULT_RETRY_DELAY,
  };
  const closing = new AbortController();
  const first = await request(requests, `bytes=0-${FIRST_BYTES - 1}`, options.signal, (response) =>
    readFirst(requests, response, options),
  );
  if (first.version === undefined) return bytesSource(first.head, requests.name);
  const ranged = rangeSource(requests, { ...first, version: first.version }, closing, options.signal);
  const cached = options.caching === false ? ranged : cachingSource(ranged, options.caching);
  return options.coalescing === false ? cached : coalescingSource(cached, options.coalescing);
}

/** What the validators of a response say; the same for as long as the file is. */
interface Version {
  readonly size: number;
  readonly etag: string | null;
  readonly modified: string | null;
}

interface First {
  /** The first bytes, or all where `version` is absent. */
  readonly head: Uint8Array;
  /** Absent where the server answers no ranges. */
  readonly version: Version | undefined;
}

async function readFirst(requests: Requests, response: Response, options: HttpSourceOptions): Promise<First> {
  if (response.status === 416) {
    // No byte 0: the file is empty.
    return { head: new Uint8Array(0), version: undefined };
  }
  if (response.status !== 206)
    return { head: await readAll(requests, response, options), version: undefined };
  const { total } = contentRange(requests, response);
  const head = new Uint8Array(await response.arrayBuffer());
  if (head.byteLength !== Math.min(FIRST_BYTES, total)) throw dropped('the connection was dropped');
  return { head, version: versionOf(response, total) };
}

function rangeSource(
  requests: Requests,
  { head, version }: First & { readonly version: Version },
  closing: AbortController,
  opening: AbortSignal | undefined,
): Source {
  const fetchRange = (range: Range, signal: AbortSignal | undefined): Promise<Uint8Array> => {
    const signals = [closing.signal, opening, signal].filter((one) => one !== undefined);
    return request(
      requests,
      `bytes=${range.at}-${range.at + range.length - 1}`,
      AbortSignal.any(signals),
      (response) => readRange(requests, response, range, version),
    );
  };
  return {
    size: version.size,
    name: requests.name,
    async read(ranges, signal) {
      for (const range of ranges) checkRange(range, version.size, requests.name);
      const pieces = new Array<Uint8Array>(ranges.length);
      let next = 0;
      const work = async (): Promise<void> => {
        while (next < ranges.length) {
          const index = next++;
          const range = ranges[index]!;
          const known = range.at + range.length <= head.byteLength;
          pieces[index] = known
            ? head.slice(range.at, range.at + range.length)
            : await fetchRange(range, signal);
        }
      };
      await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, ranges.length) }, work));
      return pieces;
    },
    close: () => closing.abort(),
  };
}

async function readRange(
  requests: Requests,
  response: Response,
  range: Range,
  version: Version,
): Promise<Uint8Array> {
  // Also 200 and 416: the file that had these bytes is gone, or the server answers ranges no more.
  if (response.status !== 206) throw changed(requests);
  const { at, total } = contentRange(requests, response);
  const now = versionOf(response, total);
  if (now.size !== version.size || now.etag !== version.etag || now.modified !== version.modified)
    throw changed(requests);
  if (at !== range.at) {
    throw new FormatError(
      'io',
      `read '${requests.name}': asked for bytes from ${range.at}, the server sends them from ${at}`,
      {
        path: requests.name,
      },
    );
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.byteLength !== range.length) throw dropped('the connection was dropped');
  return bytes;
}

/** The body of a server without ranges, no more than is allowed. */
async function readAll(
  requests: Requests,
  response: Response,
  options: HttpSourceOptions,
): Promise<Uint8Array> {
  const most = options.maxDownload ?? DEFAULT_MAX_DOWNLOAD;
  // Of a compressed answer the length is not that of the content.
  const plain = response.headers.get('content-encoding') === null;
  const header = plain ? response.headers.get('content-length') : null;
  const claimed = header === null ? undefined : Number(header);
  if (claimed !== undefined && claimed > most) throw tooLarge(requests, `${claimed}`, most);
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const step = await reader?.read();
    if (step?.value === undefined) break;
    pieces.push(step.value);
    size += step.value.byteLength;
    if (size > most) {
      await reader?.cancel().catch(() => undefined);
      throw tooLarge(requests, 'more', most);
    }
  }
  if (claimed !== undefined && size !== claimed) throw dropped('the connection was dropped');
  return joinBytes(pieces);
}

/** RFC 9110 §14.4. */
function contentRange(
  { name }: Requests,
  response: Response,
): { readonly at: number; readonly total: number } {
  const header = response.headers.get('content-range');
  const match = header === null ? null : /^bytes (\d+)-\d+\/(\d+)$/.exec(header.trim());
  if (match === null) {
    const state =
      header === null
        ? 'does not show Content-Range (see Access-Control-Expose-Headers)'
        : `sends Content-Range '${header}'`;
    throw new FormatError('io', `read '${name}': the server ${state}`, { path: name });
  }
  const encoding = response.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') {
    throw new FormatError('io', `read '${name}': the server sends ranges of a ${encoding} encoding`, {
      path: name,
    });
  }
  return { at: Number(match[1]), total: Number(match[2]) };
}

function versionOf(response: Response, size: number): Version {
  return { size, etag: response.headers.get('etag'), modified: response.headers.get('last-modified') };
}

function changed({ name }: Requests): FormatError {
  return new FormatError('io', `read '${name}': the file has changed on the server since it was opened`, {
    path: name,
  });
}

function tooLarge({ name }: Requests, size: string, most: number): FormatError {
  return new FormatError(
    'limit',
    `open '${name}': the server answers no ranges, and the whole has ${size} bytes where ${most} are allowed; set 'maxDownload' to allow more`,
    { path: name, feature: 'HTTP ranges' },
  );
}

/** The URL without user, password and query. @throws FormatError `options` */
function publicName(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new FormatError('options', `open '${url}': not a URL of http or https`);
  }
  return `${parsed.origin}${parsed.pathname}`;
}
