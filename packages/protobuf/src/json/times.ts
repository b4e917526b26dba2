/** Seconds of 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const TIMESTAMP_LEAST = -62135596800n;
const TIMESTAMP_MOST = 253402300799n;
/** ±10,000 years (duration.proto). */
const DURATION_MOST = 315576000000n;

export interface SecondsAndNanos {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** RFC 3339 with 0, 3, 6 or 9 digits of a second; undefined outside the years 1 to 9999. */
export function timestampText({ seconds, nanos }: SecondsAndNanos): string | undefined {
  if (seconds < TIMESTAMP_LEAST || seconds > TIMESTAMP_MOST || nanos < 0 || nanos > 999_999_999)
    return undefined;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  return `${whole}${fraction(nanos)}Z`;
}

export function parseTimestamp(text: string): SecondsAndNanos | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/.exec(text);
  if (match === null) return undefined;
  const [, local, digits = '', sign, hours, minutes] = match;
  const time = Date.parse(`${local}Z`);
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(local!)) return undefined;
  const offset =
    sign === undefined ? 0 : (sign === '+' ? 1 : -1) * (Number(hours) * 3600 + Number(minutes) * 60);
  const seconds = BigInt(time / 1000 - offset);
  if (seconds < TIMESTAMP_LEAST || seconds > TIMESTAMP_MOST) return undefined;
  return { seconds, nanos: Number(digits.padEnd(9, '0')) };
}

/** `1.5s`; undefined beyond 10,000 years, and where the signs of the parts differ. */
export function durationText({ seconds, nanos }: SecondsAndNanos): string | undefined {
  const mixed = (seconds < 0n && nanos > 0) || (seconds > 0n && nanos < 0);
  if (seconds < -DURATION_MOST || seconds > DURATION_MOST || mixed || Math.abs(nanos) > 999_999_999)
    return undefined;
  const sign = seconds < 0n || nanos < 0 ? '-' : '';
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction(Math.abs(nanos))}s`;
}

export function parseDuration(text: string): SecondsAndNanos | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole, digits = ''] = match;
  const seconds = BigInt(whole!);
  const nanos = Number(digits.padEnd(9, '0'));
  if (seconds > DURATION_MOST) return undefined;
  return sign === '-' ? { seconds: -seconds, nanos: nanos === 0 ? 0 : -nanos } : { seconds, nanos };
}

function fraction(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  if (digits.endsWith('000000')) return `.${digits.slice(0, 3)}`;
  return digits.endsWith('000') ? `.${digits.slice(0, 6)}` : `.${digits}`;
}
