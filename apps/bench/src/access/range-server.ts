import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface RangeServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** What was asked for since the last time that somebody asked for the counts. */
export interface ServedCounts {
  readonly requests: number;
  readonly bytes: number;
}

const KEEP_ALIVE_MS = 300_000;

/**
 * Files of a folder with byte ranges (RFC 9110 §14), each answer `latencyMs` late. `/counts` tells what was served since it
 * was asked last; `/` is an empty page with `script`.
 */
export async function startRangeServer(
  folder: string,
  latencyMs: number,
  script?: string,
): Promise<RangeServer> {
  let counts = { requests: 0, bytes: 0 };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (name === 'counts') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(counts));
      counts = { requests: 0, bytes: 0 };
      return;
    }
    if (name === '') return page(response);
    if (name === 'page.js') return code(response, script);
    const path = join(folder, name);
    if (!existsSync(path)) return void response.writeHead(404).end();
    counts.requests++;
    await wait(latencyMs);
    counts.bytes += sendRange(path, request, response);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error)); // of the file system
  });
  // Connections stay while a reader is busy with what it got.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // of a TCP server
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function page(response: ServerResponse): void {
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end('<!doctype html><title>access</title><script type="module" src="/page.js"></script>');
}

function code(response: ServerResponse, script: string | undefined): void {
  if (script === undefined) return void response.writeHead(404).end();
  response.setHeader('content-type', 'text/javascript; charset=utf-8');
  response.end(readFileSync(script));
}

function sendRange(path: string, request: IncomingMessage, response: ServerResponse): number {
  const { size, mtimeMs } = statSync(path);
  const headers = { etag: `"${size}-${Math.round(mtimeMs)}"`, 'accept-ranges': 'bytes' };
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const from = match === null ? 0 : Number(match[1]);
  const to = match === null ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (from >= size) {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` }).end();
    return 0;
  }
  const length = to - from + 1;
  response.writeHead(match === null ? 200 : 206, {
    ...headers,
    'content-length': length,
    ...(match === null ? {} : { 'content-range': `bytes ${from}-${to}/${size}` }),
  });
  createReadStream(path, { start: from, end: to }).pipe(response);
  return length;
}
