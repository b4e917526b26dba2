import { platform } from '#platform';
import type { Source } from '../io/source.js';
import { xxh64 } from '../layers/xxh64.js';

/** What an index belongs to. */
export interface Fingerprint {
  readonly size: number;
  /** Of the last change, in ns since 1970; 0 where the medium does not tell. */
  readonly time: bigint;
  /** xxHash64 of the first bytes, and of the last. */
  readonly head: bigint;
  readonly tail: bigint;
}

/** Bytes of each end that are looked at. */
const END_BYTES = 4096;

export async function fingerprintOf(source: Source, signal?: AbortSignal): Promise<Fingerprint> {
  const length = Math.min(END_BYTES, source.size);
  const ranges = [
    { at: 0, length },
    { at: source.size - length, length },
  ];
  const [head, tail] = source.readSync?.(ranges) ?? (await source.read(ranges, signal));
  return { size: source.size, time: timeOf(source), head: xxh64(head!), tail: xxh64(tail!) };
}

/** Why an index for `made` is not one for `now`; undefined where it is. */
export function mismatch(made: Fingerprint, now: Fingerprint): string | undefined {
  if (made.size !== now.size) return `the file has ${now.size} bytes, it is for one of ${made.size}`;
  // Where only one of them has a time, the file was copied to where there is none.
  if (made.time !== 0n && now.time !== 0n && made.time !== now.time)
    return made.time < now.time ? 'it is older than the file' : 'the file has another time';
  if (made.head !== now.head || made.tail !== now.tail) return 'the file has other content';
  return undefined;
}

const NS_PER_MS = 1_000_000n;
/** File systems tell times in steps: a change within the step of the one before would not be seen. */
const STEP_MS = 50;
/** FAT and old file systems count whole seconds, two at a time. */
const COARSE_STEP_MS = 2000;

/** Waits until a change of the file from now on would have another time. */
export async function untilTimeMoves(source: Source): Promise<void> {
  const time = timeOf(source);
  if (time === 0n) return;
  const step = time % 1_000_000_000n === 0n ? COARSE_STEP_MS : STEP_MS;
  const left = Number(time / NS_PER_MS) + step - Date.now();
  if (left > 0 && left <= step) await new Promise((resolve) => setTimeout(resolve, left));
}

function timeOf({ path }: Source): bigint {
  if (platform === undefined || path === undefined) return 0n;
  return platform.fs.statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n;
}
