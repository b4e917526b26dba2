import type { FormatSet } from '../contract/context.js';
import type { Format, ProbeInput } from '../contract/format.js';
import { FormatError } from '../errors.js';
import type { Source } from '../io/source.js';
import { type Compression, compressionOfHead, peelName } from '../layers/compression.js';
import { decompressHead } from '../layers/layers.js';
import { type Input, openInput } from './input.js';

/** What a file is, and why it was taken for it. */
export interface Detection {
  readonly format: Format;
  readonly compression: Compression;
  /** 0 … 1.05: the format's own score, and 0.05 for the extension. */
  readonly score: number;
  readonly why: string;
}

/** Bytes of each end that probes see. */
export const PROBE_BYTES = 4096;
/** The first block of a zstd frame: a cut one gives nothing. 18 bytes of frame header, 3 of the block's. */
const FIRST_BLOCK_BYTES = 2 ** 17 + 21;
const EXTENSION_BONUS = 0.05;
/** Below this a probe says that it does not know, and the extension alone decides. */
const LEAST_SCORE = 0.05;

/**
 * The format of a file: compression is peeled, every format probes head and tail, content beats name.
 *
 * @throws FormatError `not-this-format` when no format recognises it, `options` when two do equally well
 */
export async function detect(
  formats: FormatSet,
  input: Input,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Detection> {
  const opened = await openInput(input, options.signal);
  try {
    return await detectSource(formats, opened.source, opened.name, options.signal);
  } finally {
    if (opened.owned) await opened.source.close();
  }
}

export async function detectSource(
  formats: FormatSet,
  source: Source,
  name: string | undefined,
  signal?: AbortSignal,
): Promise<Detection> {
  const ends = await readEnds(source, signal);
  const { compression, probe } = await peel(ends, source, name, signal);
  return best(formats, probe, compression, source.name);
}

/** The format that a file name calls for, before there is a file. @throws FormatError `options` */
export function formatOfName(
  formats: FormatSet,
  name: string,
): { readonly format: Format; readonly compression: Compression } {
  const peeled = peelName(name);
  const lower = peeled.name.toLowerCase();
  const matches = formats.all
    .flatMap((format) => format.extensions.map((extension) => ({ format, extension })))
    .filter(({ extension }) => lower.endsWith(extension))
    .sort((a, b) => b.extension.length - a.extension.length);
  const match = matches[0];
  if (match === undefined) {
    throw new FormatError(
      'options',
      `choose a format for '${name}': no format has this extension; set 'format'`,
      {
        supported: formats.all.flatMap((format) => format.extensions),
      },
    );
  }
  return { format: match.format, compression: peeled.compression };
}

interface Ends {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

async function readEnds(source: Source, signal: AbortSignal | undefined): Promise<Ends> {
  const length = Math.min(source.size, PROBE_BYTES);
  const ranges = [
    { at: 0, length },
    { at: source.size - length, length },
  ];
  const wanted = source.size <= PROBE_BYTES ? ranges.slice(0, 1) : ranges;
  const [head, tail] =
    source.readSync !== undefined ? source.readSync(wanted) : await source.read(wanted, signal);
  return { head: head!, tail: tail ?? head! };
}

async function peel(
  ends: Ends,
  source: Source,
  name: string | undefined,
  signal: AbortSignal | undefined,
): Promise<{ compression: Compression; probe: ProbeInput }> {
  const named = name === undefined ? undefined : peelName(name);
  const magic = compressionOfHead(ends.head);
  // Brotli has no magic number: only its suffix tells.
  const compression = magic !== 'none' ? magic : named?.compression === 'brotli' ? 'brotli' : 'none';
  if (compression === 'none') return { compression, probe: { ...ends, size: source.size, name } };
  let head = await decompressHead(ends.head, compression, PROBE_BYTES);
  if (head.byteLength === 0 && source.size > PROBE_BYTES) {
    const [more] = await source.read([{ at: 0, length: Math.min(source.size, FIRST_BLOCK_BYTES) }], signal);
    head = await decompressHead(more!, compression, PROBE_BYTES);
  }
  const inner = named?.compression === compression ? named.name : name;
  return { compression, probe: { head, tail: new Uint8Array(0), size: undefined, name: inner } };
}

function best(formats: FormatSet, probe: ProbeInput, compression: Compression, file: string): Detection {
  const lower = probe.name?.toLowerCase();
  const found = formats.all
    .flatMap((format): Detection[] => {
      const matches = lower !== undefined && format.extensions.some((extension) => lower.endsWith(extension));
      const result = format.probe(probe);
      if (result === undefined || result.score < LEAST_SCORE) return [];
      return [
        { format, compression, score: result.score + (matches ? EXTENSION_BONUS : 0), why: result.why },
      ];
    })
    .sort((a, b) => b.score - a.score);
  const [first, second] = found;
  if (first === undefined) throw unrecognised(formats, probe, file);
  if (second !== undefined && second.score === first.score) {
    throw new FormatError(
      'options',
      `detect the format of '${file}': ${first.format.id} (${first.why}) and ${second.format.id} (${second.why}) fit equally; set 'format'`,
      {
        path: file,
        supported: [first.format.id, second.format.id],
      },
    );
  }
  return first;
}

function unrecognised(formats: FormatSet, probe: ProbeInput, file: string): FormatError {
  const ids = formats.all.map((format) => format.id);
  if (probe.size === 0)
    return new FormatError('not-this-format', `detect the format of '${file}': the file is empty`, {
      path: file,
      offset: 0,
      supported: ids,
    });
  const byName = probe.name === undefined ? undefined : tryName(formats, probe.name);
  const start = [...probe.head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return new FormatError(
    'not-this-format',
    `detect the format of '${file}': no format recognises bytes ${start}`,
    {
      ...(byName === undefined ? {} : { format: byName.id }),
      path: file,
      offset: 0,
      found: start,
      supported: ids,
    },
  );
}

function tryName(formats: FormatSet, name: string): Format | undefined {
  try {
    return formatOfName(formats, name).format;
  } catch {
    return undefined;
  }
}
