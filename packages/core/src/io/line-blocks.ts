import type { Context } from '../contract/context.js';
import { FormatError } from '../errors.js';
import type { Source } from './source.js';

const BLOCK_BYTES = 2 ** 20;
const LONGEST_LINE = 256 * 2 ** 20;
const LINE_FEED = 0x0a;

export interface LineBlock {
  /** Whole lines. */
  readonly bytes: Uint8Array;
  /** Where they begin in the file. */
  readonly at: number;
}

/** The file in blocks that end behind a line. @param from where a line begins */
export async function* readLineBlocks(
  source: Source,
  context: Pick<Context<object>, 'signal' | 'progress'>,
  from = 0,
): AsyncGenerator<LineBlock> {
  let at = from;
  let length = BLOCK_BYTES;
  while (at < source.size) {
    const [bytes] = await source.read([{ at, length: Math.min(length, source.size - at) }], context.signal);
    const whole = at + bytes!.length === source.size ? bytes!.length : bytes!.lastIndexOf(LINE_FEED) + 1;
    if (whole === 0) {
      length *= 2;
      if (length > LONGEST_LINE)
        throw new FormatError(
          'limit',
          `read the line at byte ${at}: it is longer than ${LONGEST_LINE} bytes`,
          { offset: at },
        );
      continue;
    }
    yield { bytes: bytes!.subarray(0, whole), at };
    at += whole;
    length = BLOCK_BYTES;
    context.progress(at, source.size);
  }
}
