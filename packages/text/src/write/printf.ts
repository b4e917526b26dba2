import { FormatError } from '@formatlab/core';

/** One conversion of a printf format, and the text before it. */
export interface Conversion {
  readonly before: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: 'd' | 'e' | 'f' | 'g' | 's';
  readonly upper: boolean;
}

export interface RowFormat {
  readonly conversions: readonly Conversion[];
  readonly after: string;
}

const CONVERSION = /%([-+ 0#]*)(\d*)(?:\.(\d*))?[hlL]?([a-zA-Z%])/g;
const TYPES: Readonly<Record<string, Conversion['type']>> = {
  d: 'd',
  i: 'd',
  u: 'd',
  e: 'e',
  f: 'f',
  g: 'g',
  s: 's',
  r: 's',
};
const DEFAULT_PRECISION = 6;
/** What `toFixed` and `toExponential` give at most. */
const MOST_DIGITS = 100;
/** Digits beyond the last that tell whether a number lies halfway between two: see `roundsDown`. */
const TIE_DIGITS = 25;

/** @throws FormatError `options` for a text that is no printf format of numbers */
export function parseFormat(text: string): RowFormat {
  const conversions: Conversion[] = [];
  let before = '';
  let from = 0;
  for (const match of text.matchAll(CONVERSION)) {
    const [whole, flags = '', width = '', precision, letter = ''] = match;
    before += plain(text, from, match.index);
    from = match.index + whole.length;
    if (letter === '%') {
      before += '%';
      continue;
    }
    const type = TYPES[letter.toLowerCase()];
    if (type === undefined || ('DISUR'.includes(letter) && type !== undefined))
      throw refuse(text, `'${whole}' is no conversion of numbers`);
    const digits = precision === undefined ? undefined : Number(precision);
    if (Number(width) > 1000 || (digits ?? 0) > MOST_DIGITS)
      throw refuse(text, `widths end at 1000 and precisions at ${MOST_DIGITS}`);
    conversions.push({
      before,
      flags,
      width: Number(width),
      precision: digits,
      type,
      upper: letter !== letter.toLowerCase(),
    });
    before = '';
  }
  return { conversions, after: before + plain(text, from, text.length) };
}

/** A number as C's `printf` writes it. A bigint keeps its digits under `%d` and `%s`. */
export function formatNumber(value: number | bigint, conversion: Conversion, shortest: string): string {
  const number = Number(value);
  const { flags, precision, type, upper } = conversion;
  const negative = number < 0 || Object.is(number, -0);
  if (type === 's')
    return pad(precision === undefined ? shortest : shortest.slice(0, precision), '', conversion, false);
  let body: string;
  if (type === 'd') body = integerText(value, precision);
  else if (!Number.isFinite(number)) body = Number.isNaN(number) ? 'nan' : 'inf';
  else body = floatText(Math.abs(number), type, precision ?? DEFAULT_PRECISION, flags.includes('#'));
  const zero = type === 'd' && /^0*$/.test(body) && Number(value) === 0;
  const sign =
    negative && !Number.isNaN(number) && !zero && !(type === 'd' && Math.trunc(number) === 0)
      ? '-'
      : flags.includes('+')
        ? '+'
        : flags.includes(' ')
          ? ' '
          : '';
  return pad(upper ? body.toUpperCase() : body, sign, conversion, type === 'd' || Number.isFinite(number));
}

function integerText(value: number | bigint, precision: number | undefined): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new FormatError('unsupported', `write ${value} with %d: it is no integer`, {
      format: 'text',
      feature: '%d of NaN and infinities',
    });
  const whole = typeof value === 'bigint' ? value : BigInt(Math.trunc(value));
  return String(whole < 0n ? -whole : whole).padStart(precision ?? 1, '0');
}

function floatText(value: number, type: 'e' | 'f' | 'g', precision: number, alternate: boolean): string {
  if (type === 'e') return exponential(value, precision, alternate);
  if (type === 'f') return fixed(value, precision, alternate);
  const digits = precision === 0 ? 1 : precision;
  const scientific = exponential(value, digits - 1, alternate);
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  const text =
    exponent < -4 || exponent >= digits ? scientific : fixed(value, digits - 1 - exponent, alternate);
  if (alternate || !text.includes('.')) return text;
  const [mantissa = '', ...rest] = text.split('e');
  return [mantissa.replace(/\.?0+$/, ''), ...rest].join('e');
}

function exponential(value: number, precision: number, alternate: boolean): string {
  const places = Math.min(precision, MOST_DIGITS);
  let [mantissa = '', exponent = ''] = value.toExponential(places).split('e');
  const [wide = ''] = value.toExponential(Math.min(MOST_DIGITS, places + TIE_DIGITS)).split('e');
  if (roundsDown(wide.replace('.', ''), places + 1)) {
    mantissa = wide.slice(0, places === 0 ? 1 : places + 2);
    exponent = value.toExponential(Math.min(MOST_DIGITS, places + TIE_DIGITS)).split('e')[1]!;
  }
  const sign = exponent.startsWith('-') ? '-' : '+';
  const point = alternate && places === 0 ? '.' : '';
  return `${mantissa}${point}e${sign}${exponent.replace(/[+-]/, '').padStart(2, '0')}`;
}

function fixed(value: number, precision: number, alternate: boolean): string {
  const point = alternate && precision === 0 ? '.' : '';
  // From 1e21 on `toFixed` gives an exponent; such numbers have no fraction.
  if (value >= 1e21) return `${BigInt(value)}${precision > 0 ? `.${'0'.repeat(precision)}` : point}`;
  const wide = value.toFixed(Math.min(MOST_DIGITS, precision + TIE_DIGITS));
  const dot = wide.indexOf('.');
  const kept = dot + 1 + precision;
  const digits = wide.replace('.', '');
  if (roundsDown(digits, kept - 1)) return `${wide.slice(0, precision === 0 ? dot : kept)}${point}`;
  return `${value.toFixed(precision)}${point}`;
}

/** Whether the digits lie halfway behind `kept` of them and the last one kept is even: C rounds to even, JavaScript up. */
function roundsDown(digits: string, kept: number): boolean {
  return /^50*$/.test(digits.slice(kept)) && Number(digits[kept - 1]) % 2 === 0;
}

function pad(body: string, sign: string, { flags, width }: Conversion, zeros: boolean): string {
  if (flags.includes('-')) return (sign + body).padEnd(width);
  if (flags.includes('0') && zeros) return sign + body.padStart(width - sign.length, '0');
  return (sign + body).padStart(width);
}

function plain(text: string, from: number, to: number): string {
  const part = text.slice(from, to);
  if (part.includes('%')) throw refuse(text, 'a % in it begins no conversion; %% is a percent sign');
  return part;
}

function refuse(text: string, state: string): FormatError {
  return new FormatError('options', `set option 'fmt' to '${text}': ${state}`, { format: 'text' });
}
