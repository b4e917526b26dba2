import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type HttpSourceOptions, httpSource, type Source } from '../src/index.js';

const content = Uint8Array.from({ length: 500_000 }, (_, i) => (i * 7) % 251);
const HEAD = 65_536;

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

interface Site {
  readonly url: string;
  /** The Range header of every request, in order. */
  readonly ranges: (string | undefined)[];
  readonly server: Server;
}

const open: Site[] = [];
afterEach(async () => {
  for (const { server } of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function site(answer: Answer): Promise<Site> {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response, ranges.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.bin`, ranges, server };
  open.push(made);
  return made;
}

/** Answers ranges as RFC 9110 says. */
function serve(bytes: Uint8Array, headers: Record<string, string> = { etag: '"1"' }): Answer {
  return (request, response) => {
    const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (match === null) return void response.writeHead(200, headers).end(bytes);
    const from = Number(match[1]);
    if (from >= bytes.byteLength)
      return void response.writeHead(416, { 'content-range': `bytes */${bytes.byteLength}` }).end();
    const to = Math.min(Number(match[2]), bytes.byteLength - 1);
    const range = `bytes ${from}-${to}/${bytes.byteLength}`;
    response.writeHead(206, { ...headers, 'content-range': range }).end(bytes.subarray(from, to + 1));
  };
}

const quick: HttpSourceOptions = { retryDelay: 1 };

async function expectBytes(source: Source, at: number, length: number): Promise<void> {
  const [piece] = await source.read([{ at, length }]);
  expect(piece).toEqual(content.slice(at, at + length));
}

describe('httpSource', () => {
  test('learns the size with the first bytes, then asks only for the pages it needs', async () => {
    const { url, ranges } = await site(serve(content));
    const source = await httpSource(url, quick);
    expect(source.size).toBe(content.byteLength);
    await expectBytes(source, 10, 100);
    await expectBytes(source, 0, HEAD);
    expect(ranges).toEqual(['bytes=0-65535']);
    await expectBytes(source, 200_000, 10);
    await expectBytes(source, 200_500, 10);
    expect(ranges).toEqual(['bytes=0-65535', `bytes=${3 * HEAD}-${4 * HEAD - 1}`]);
    await expectBytes(source, content.byteLength - 5, 5);
    expect(ranges.at(-1)).toBe(`bytes=${7 * HEAD}-${content.byteLength - 1}`);
    await source.close();
  });

  test('asks for exactly the ranges without cache, near ones as one', async () => {
    const { url, ranges } = await site(serve(content));
    const source = await httpSource(url, { ...quick, caching: false, coalescing: { gap: 10 } });
    const pieces = await source.read([
      { at: 100_000, length: 10 },
      { at: 300_000, length: 1 },
      { at: 100_015, length: 5 },
    ]);
    expect(pieces).toEqual([
      content.slice(100_000, 100_010),
      content.slice(300_000, 300_001),
      content.slice(100_015, 100_020),
    ]);
    expect(ranges.slice(1).sort()).toEqual(['bytes=100000-100019', 'bytes=300000-300000']);
  });

  test('reads many ranges at once', async () => {
    const { url } = await site(serve(content));
    const source = await httpSource(url, { ...quick, caching: false, coalescing: false });
    const ranges = Array.from({ length: 40 }, (_, i) => ({ at: 70_000 + i * 10_000, length: 100 }));
    expect(await source.read(ranges)).toEqual(ranges.map(({ at, length }) => content.slice(at, at + length)));
  });

  test.each([0, 1, HEAD, HEAD + 1])('reads a file of %d bytes', async (size) => {
    const { url } = await site(serve(content.subarray(0, size)));
    const source = await httpSource(url, quick);
    expect(source.size).toBe(size);
    expect((await source.read([{ at: 0, length: size }]))[0]).toEqual(content.slice(0, size));
  });

  test('fetches the whole once from a server without ranges', async () => {
    const { url, ranges } = await site((_, response) => void response.writeHead(200).end(content));
    const source = await httpSource(url, quick);
    expect(source.size).toBe(content.byteLength);
    await expectBytes(source, 400_000, 50);
    expect(ranges).toHaveLength(1);
  });

  test('refuses the whole above maxDownload, told ahead or not', async () => {
    const told = await site(
      (_, response) => void response.writeHead(200, { 'content-length': content.byteLength }).end(content),
    );
    const untold = await site((_, response) => {
      response.writeHead(200);
      response.write(content.subarray(0, 300_000));
      response.end(content.subarray(300_000));
    });
    for (const { url } of [told, untold]) {
      await expect(httpSource(url, { ...quick, maxDownload: 100_000 })).rejects.toMatchObject({
        code: 'limit',
        message: expect.stringContaining("set 'maxDownload' to allow more"),
      });
      expect((await httpSource(url, { ...quick, maxDownload: content.byteLength })).size).toBe(
        content.byteLength,
      );
    }
  });

  test.each([
    ['ETag', { etag: '"1"' }, { etag: '"2"' }, content],
    [
      'Last-Modified',
      { 'last-modified': 'Mon, 01 Jan 2024 00:00:00 GMT' },
      { 'last-modified': 'Mon, 01 Jan 2024 00:00:01 GMT' },
      content,
    ],
    ['size', {}, {}, content.subarray(1)],
  ] as const)('refuses to mix two versions, told apart by %s', async (_, before, after, now) => {
    const { url } = await site((request, response, count) =>
      count === 1
        ? serve(content, before)(request, response, count)
        : serve(now, after)(request, response, count),
    );
    const source = await httpSource(url, quick);
    await expect(source.read([{ at: 200_000, length: 10 }])).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('has changed'),
    });
  });

  test('refuses when ranges are answered no more, or by other bytes', async () => {
    const stopped = await site((request, response, count) =>
      count === 1 ? serve(content)(request, response, count) : void response.writeHead(200).end(content),
    );
    const source = await httpSource(stopped.url, quick);
    await expect(source.read([{ at: 200_000, length: 10 }])).rejects.toMatchObject({ code: 'io' });
    const shifted = await site((request, response, count) => {
      if (count === 1) return serve(content)(request, response, count);
      response.writeHead(206, { etag: '"1"', 'content-range': `bytes 0-${HEAD - 1}/${content.byteLength}` });
      response.end(content.subarray(0, HEAD));
    });
    const other = await httpSource(shifted.url, quick);
    await expect(other.read([{ at: 200_000, length: 10 }])).rejects.toMatchObject({ code: 'io' });
  });

  test('tries again after dropped connections and overload, and gives up in the end', async () => {
    const { url, ranges } = await site((request, response, count) => {
      if (count === 1) return void response.writeHead(503).end();
      if (count === 2) return void request.socket.destroy();
      if (count === 3) {
        response.writeHead(206, {
          etag: '"1"',
          'content-length': HEAD,
          'content-range': `bytes 0-${HEAD - 1}/${content.byteLength}`,
        });
        return void response.write(content.subarray(0, 100), () => request.socket.destroy());
      }
      serve(content)(request, response, count);
    });
    const source = await httpSource(url, quick);
    await expectBytes(source, 0, 10);
    expect(ranges).toHaveLength(4);

    const down = await site((_, response) => void response.writeHead(500).end());
    await expect(httpSource(down.url, { ...quick, retries: 2 })).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('the server answers 500, 3 tries'),
    });
    expect(down.ranges).toHaveLength(3);
  });

  test.each([
    [404, 'not-found'],
    [410, 'not-found'],
    [403, 'io'],
    [400, 'io'],
  ])('says what the answer %d means, and does not try again', async (status, code) => {
    const { url, ranges } = await site((_, response) => void response.writeHead(status).end('no'));
    await expect(httpSource(url, quick)).rejects.toMatchObject({ code, path: url });
    expect(ranges).toHaveLength(1);
  });

  test('a server that is not there is an io error', async () => {
    const { url, server } = await site(serve(content));
    await new Promise((resolve) => server.close(resolve));
    await expect(httpSource(url, { ...quick, retries: 1 })).rejects.toMatchObject({ code: 'io' });
  });

  test('stops when the signal is aborted: while opening, reading, and waiting for a retry', async () => {
    const silent = await site(() => undefined);
    await expect(httpSource(silent.url, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      code: 'aborted',
    });

    const { url } = await site((request, response, count) => {
      if (count === 1) serve(content)(request, response, count);
    });
    const source = await httpSource(url, quick);
    const range = [{ at: 200_000, length: 10 }];
    await expect(source.read(range, AbortSignal.timeout(20))).rejects.toMatchObject({ code: 'aborted' });
    const closing = source.read(range);
    await source.close();
    await expect(closing).rejects.toMatchObject({ code: 'aborted' });

    const down = await site((_, response) => void response.writeHead(500).end());
    const waiting = httpSource(down.url, { retryDelay: 60_000, signal: AbortSignal.timeout(30) });
    await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  });

  test('sends headers, and keeps secrets of the URL out of names', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await site((request, response, count) => {
      seen.push(request.headers.authorization, request.headers['accept-encoding']);
      serve(content)(request, response, count);
    });
    const source = await httpSource(`${url}?token=secret`, {
      ...quick,
      headers: { authorization: 'Bearer x' },
    });
    expect(seen).toEqual(['Bearer x', 'identity']);
    expect(source.name).toBe(url);
    for (const wrong of ['nonsense', 'ftp://x/y', '/a/b']) {
      await expect(httpSource(wrong)).rejects.toMatchObject({ code: 'options' });
    }
  });

  test('refuses ranges without Content-Range, and ranges of a compressed answer', async () => {
    const hidden = await site((_, response) => void response.writeHead(206).end(content.subarray(0, HEAD)));
    await expect(httpSource(hidden.url, quick)).rejects.toMatchObject({ code: 'io' });
    const packed = await site(serve(content, { 'content-encoding': 'br' }));
    await expect(httpSource(packed.url, { ...quick, retries: 0 })).rejects.toMatchObject({ code: 'io' });
  });
});
