/** What a plain scalar without a tag is; undefined: a string. */
export interface Resolved {
  readonly value: null | boolean | number | bigint | Date;
  /** A number with a fraction, exponent or point, as it is written. */
  readonly float: boolean;
}

export type Version = '1.1' | '1.2';

const INT = /^[-+]?[0-9]+$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const OCTAL = /^0o[0-7]+$/;
const HEX = /^0x[0-9a-fA-F]+$/;
const INFINITE = /^([-+]?)\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;

const MOST_EXACT_DIGITS = 15;

/** PyYAML's resolver, for which YAML 1.1's type repository is the source. */
const INT_11 =
  /^([-+]?)(?:0b([0-1_]+)|0x([0-9a-fA-F_]+)|0([0-7_]+)|((?:0|[1-9][0-9_]*))|([1-9][0-9_]*(?::[0-5]?[0-9])+))$/;
const FLOAT_11 = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const SEXAGESIMAL_FLOAT = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/;

const WORDS = words('1.2');
const WORDS_11 = words('1.1');

const WORD = 1;
const NUMBER = 2;
/** What a text may be by its first character; others are strings. */
const LEADS: readonly (number | undefined)[] = leads();

/** What a plain scalar is in the core schema of YAML 1.2, or for the readers of YAML 1.1. */
export function resolvePlain(text: string, version: Version): Resolved | undefined {
  const lead = text === '' ? WORD : LEADS[text.charCodeAt(0)];
  if (lead === undefined) return undefined;
  if (lead === WORD) return (version === '1.2' ? WORDS : WORDS_11).get(text);
  return resolveInt(text, version) ?? resolveFloat(text, version) ?? resolveDate(text, version);
}

export function resolveBool(text: string, version: Version): boolean | undefined {
  const value = (version === '1.2' ? WORDS : WORDS_11).get(text)?.value;
  return typeof value === 'boolean' ? value : undefined;
}

export function resolveInt(text: string, version: Version): Resolved | undefined {
  if (version === '1.2') {
    const short = shortInteger(text);
    if (short !== undefined) return { value: short, float: false };
    if (INT.test(text)) return integer(text);
    if (OCTAL.test(text) || HEX.test(text)) return ofBigint(BigInt(text));
    return undefined;
  }
  const match = INT_11.exec(text);
  if (match === null) return undefined;
  const [, sign, binary, hex, octal, decimal, sixties] = match;
  const magnitude =
    binary !== undefined
      ? based('0b', binary)
      : hex !== undefined
        ? based('0x', hex)
        : octal !== undefined
          ? based('0o', octal)
          : decimal !== undefined
            ? BigInt(decimal.replaceAll('_', ''))
            : sexagesimal(sixties!);
  if (magnitude === undefined) return undefined;
  return ofBigint(sign === '-' ? -magnitude : magnitude);
}

export function resolveFloat(text: string, version: Version): Resolved | undefined {
  const infinite = INFINITE.exec(text);
  if (infinite !== null)
    return { value: infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, float: true };
  if (NAN.test(text)) return { value: Number.NaN, float: true };
  if (version === '1.2')
    return FLOAT.test(text) ? { value: Number(text.replace(/^\+/, '')), float: true } : undefined;
  if (FLOAT_11.test(text)) return { value: Number(text.replaceAll('_', '')), float: true };
  if (!SEXAGESIMAL_FLOAT.test(text)) return undefined;
  const negative = text[0] === '-';
  const value = text
    .replace(/^[-+]/, '')
    .replaceAll('_', '')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return { value: negative ? -value : value, float: true };
}

const TIMESTAMP =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:Z|([-+])(\d\d?)(?::?(\d\d))?))?)?$/;
/** Without a time, month and day have two digits. */
const DATE_ONLY = /^\d{4}-\d\d-\d\d$/;
const MINUTE = 60_000;

/** The time of a timestamp (yaml.org/type/timestamp), in UTC where it names no zone. */
export function parseTimestamp(text: string): { date: Date; rounded: boolean } | undefined {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, zoneHours, zoneMinutes] = match;
  if (hour === undefined && !DATE_ONLY.test(text)) return undefined;
  const [y, mo, d, h, mi, s] = [year, month, day, hour ?? 0, minute ?? 0, second ?? 0].map(Number);
  const date = new Date(0);
  date.setUTCFullYear(y!, mo! - 1, d!);
  if (date.getUTCMonth() !== mo! - 1 || date.getUTCDate() !== d! || h! > 23 || mi! > 59 || s! > 59)
    return undefined;
  date.setUTCHours(h!, mi!, s!, Number(fraction.padEnd(3, '0').slice(0, 3)));
  const zone = sign === undefined ? 0 : Number(zoneHours) * 60 + Number(zoneMinutes ?? 0);
  return {
    date: new Date(date.getTime() - (sign === '-' ? -zone : zone) * MINUTE),
    rounded: /[1-9]/.test(fraction.slice(3)),
  };
}

function resolveDate(text: string, version: Version): Resolved | undefined {
  if (version === '1.2') return undefined;
  const time = parseTimestamp(text);
  // Digits beyond milliseconds are kept by leaving the text as it is.
  return time === undefined || time.rounded ? undefined : { value: time.date, float: false };
}

/** Digits alone, few enough to be exact: most integers, without a regular expression. */
function shortInteger(text: string): number | undefined {
  if (text.length > MOST_EXACT_DIGITS) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

function integer(text: string): Resolved {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return { value, float: Object.is(value, -0) };
  return { value: BigInt(text.replace(/^\+/, '')), float: false };
}

function ofBigint(value: bigint): Resolved {
  const number = Number(value);
  return { value: Number.isSafeInteger(number) ? number : value, float: false };
}

function based(prefix: string, digits: string): bigint | undefined {
  const bare = digits.replaceAll('_', '');
  return bare === '' ? undefined : BigInt(prefix + bare);
}

function sexagesimal(text: string): bigint {
  return text
    .replaceAll('_', '')
    .split(':')
    .reduce((sum, part) => sum * 60n + BigInt(part), 0n);
}

function words(version: Version): ReadonlyMap<string, Resolved> {
  const map = new Map<string, Resolved>();
  const add = (word: string, value: null | boolean): void => {
    const capital = word.charAt(0).toUpperCase() + word.slice(1);
    for (const form of [word, capital, word.toUpperCase()]) map.set(form, { value, float: false });
  };
  for (const word of ['', '~', 'null']) add(word, null);
  for (const word of version === '1.2' ? ['true'] : ['true', 'yes', 'on']) add(word, true);
  for (const word of version === '1.2' ? ['false'] : ['false', 'no', 'off']) add(word, false);
  return map;
}

function leads(): (number | undefined)[] {
  const table = new Array<number | undefined>(128).fill(undefined);
  for (const letter of '~nNtTfFyYoO') table[letter.charCodeAt(0)] = WORD;
  for (const letter of '+-.0123456789') table[letter.charCodeAt(0)] = NUMBER;
  return table;
}
