import { FormatError, NDArray, Tagged, type Value } from '@formatlab/core';

const NANOSECONDS = 1_000_000_000n;
const LARGEST_DATE = 8.64e15;
const INT64_MOST = 2n ** 63n - 1n;

/** Seconds since 1970-01-01T00:00:00Z, rounded down, and nanoseconds behind them. */
export interface Instant {
  readonly seconds: bigint;
  readonly nanoseconds: number;
}

/** The content of extension -1 in its shortest form: 32, 64 or 96 bits (specification, "Timestamp extension type"). */
export function timestampBytes({ seconds, nanoseconds }: Instant): Uint8Array {
  const long = seconds < 0n || seconds >= 2n ** 34n;
  const bytes = new Uint8Array(long ? 12 : nanoseconds === 0 && seconds < 2n ** 32n ? 4 : 8);
  const view = new DataView(bytes.buffer);
  if (long) {
    view.setUint32(0, nanoseconds);
    view.setBigInt64(4, seconds);
  } else if (bytes.length === 4) view.setUint32(0, Number(seconds));
  else view.setBigUint64(0, (BigInt(nanoseconds) << 34n) | seconds);
  return bytes;
}

/** @throws FormatError `corrupt` for another length, and for a billion nanoseconds or more */
export function parseTimestamp(bytes: Uint8Array, offset: number): Instant {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) return { seconds: BigInt(view.getUint32(0)), nanoseconds: 0 };
  const instant =
    bytes.length === 8
      ? parse64(view)
      : bytes.length === 12
        ? { nanoseconds: view.getUint32(0), seconds: view.getBigInt64(4) }
        : undefined;
  if (instant === undefined || instant.nanoseconds >= Number(NANOSECONDS)) {
    const what = instant === undefined ? `${bytes.length} bytes` : `${instant.nanoseconds} nanoseconds`;
    throw new FormatError('corrupt', `read timestamp of ${what}: no such form`, {
      format: 'msgpack',
      offset,
    });
  }
  return instant;
}

function parse64(view: DataView): Instant {
  const bits = view.getBigUint64(0);
  return { seconds: bits & (2n ** 34n - 1n), nanoseconds: Number(bits >> 34n) };
}

/**
 * A Date where it is one to the millisecond; a 0-d datetime64[ns] where int64 has room for the nanoseconds
 * (the years 1678 to 2262); else `Tagged('timestamp', [seconds, nanoseconds])`.
 */
export function valueOfInstant({ seconds, nanoseconds }: Instant): Value {
  const milliseconds = Number(seconds) * 1000 + nanoseconds / 1e6;
  if (nanoseconds % 1e6 === 0 && Math.abs(milliseconds) <= LARGEST_DATE) return new Date(milliseconds);
  const ticks = seconds * NANOSECONDS + BigInt(nanoseconds);
  if (ticks >= -INT64_MOST && ticks <= INT64_MOST) {
    return new NDArray({ dtype: 'datetime64', shape: [], data: BigInt64Array.of(ticks), unit: 'ns' });
  }
  const exact = seconds >= -(2n ** 53n) && seconds <= 2n ** 53n ? Number(seconds) : seconds;
  return new Tagged('timestamp', [exact, nanoseconds]);
}

/** @param milliseconds of a valid Date: a whole number */
export function instantOfDate(milliseconds: number): Instant {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds: BigInt(seconds), nanoseconds: (milliseconds - seconds * 1000) * 1e6 };
}

/** The instant that {@link valueOfInstant} would turn into this same Tagged, else undefined. */
export function instantOfTagged(tagged: Tagged): Instant | undefined {
  if (
    tagged.tag !== 'timestamp' ||
    tagged.attributes !== undefined ||
    !Array.isArray(tagged.value) ||
    tagged.value.length !== 2
  )
    return undefined;
  const [seconds, nanoseconds] = tagged.value as readonly Value[];
  if (
    typeof nanoseconds !== 'number' ||
    !Number.isInteger(nanoseconds) ||
    nanoseconds < 0 ||
    nanoseconds >= Number(NANOSECONDS) ||
    Object.is(nanoseconds, -0)
  )
    return undefined;
  const whole =
    typeof seconds === 'number' && Number.isInteger(seconds)
      ? BigInt(seconds)
      : typeof seconds === 'bigint'
        ? seconds
        : undefined;
  if (whole === undefined || BigInt.asIntN(64, whole) !== whole) return undefined;
  const instant = { seconds: whole, nanoseconds };
  const back = valueOfInstant(instant);
  return back instanceof Tagged && Array.isArray(back.value) && Object.is(back.value[0], seconds)
    ? instant
    : undefined;
}
