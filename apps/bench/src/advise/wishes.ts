import { UsageError } from '../commands/usage-error.js';
import { DEFAULT_DEMAND, type Demand } from '../report/demand.js';

/** As they come from the command line. */
export interface WishFlags {
  readonly reads?: string;
  readonly appends?: string;
  readonly writes?: string;
  readonly memory?: string;
  readonly bandwidth?: string;
  readonly sizeMatters?: boolean;
  readonly lossy?: boolean;
}

/** What somebody wants of a format. */
export interface Wishes {
  readonly demand: Demand;
  /** Most bytes resident while it works; Infinity for no limit. */
  readonly memory: number;
  /** Whether formats that lose something of the file are welcome. */
  readonly lossy: boolean;
}

/** How often in a month each word stands for. */
export const AMOUNTS: Readonly<Record<string, number>> = { none: 0, once: 1, few: 10, some: 100, many: 1000 };
/** Reads of `--reads whole` and `--reads one`. */
const WHOLE_READS = AMOUNTS['some']!;
const SINGLE_READS = AMOUNTS['many']!;
/** In dollars for a gigabyte and month: kept several times, backed up and moved about. */
export const STORAGE_THAT_MATTERS = 2;

/** @throws UsageError */
export function wishesOf(flags: WishFlags): Wishes {
  const { writes, reads, singles, appends } = DEFAULT_DEMAND;
  return {
    demand: {
      ...(flags.reads === undefined ? { reads, singles } : parseReads(flags.reads)),
      writes: flags.writes === undefined ? writes : parseAmount('--writes', flags.writes),
      appends: flags.appends === undefined ? appends : parseAmount('--appends', flags.appends),
      bandwidth:
        flags.bandwidth === undefined ? Number.POSITIVE_INFINITY : parseBytes('--bandwidth', flags.bandwidth),
      storage: flags.sizeMatters === true ? STORAGE_THAT_MATTERS : DEFAULT_DEMAND.storage,
      hour: DEFAULT_DEMAND.hour,
    },
    memory: flags.memory === undefined ? Number.POSITIVE_INFINITY : parseBytes('--memory', flags.memory),
    lossy: flags.lossy === true,
  };
}

/** `one`, `whole`, `both`, or `whole=5,one=2000`. */
function parseReads(text: string): Pick<Demand, 'reads' | 'singles'> {
  if (text === 'one') return { reads: 0, singles: SINGLE_READS };
  if (text === 'whole') return { reads: WHOLE_READS, singles: 0 };
  if (text === 'both') return { reads: WHOLE_READS, singles: SINGLE_READS };
  let [reads, singles] = [0, 0];
  for (const part of text.split(',')) {
    const [, what, amount] = /^(whole|one)=(\w+)$/.exec(part.trim()) ?? [];
    if (what === undefined || amount === undefined)
      throw new UsageError(
        `--reads '${text}': write one, whole, both, or how often, such as whole=5,one=2000`,
      );
    if (what === 'whole') reads = parseAmount('--reads', amount);
    else singles = parseAmount('--reads', amount);
  }
  return { reads, singles };
}

function parseAmount(flag: string, text: string): number {
  const amount = Object.hasOwn(AMOUNTS, text)
    ? AMOUNTS[text]!
    : /^\d+$/.test(text)
      ? Number(text)
      : Number.NaN;
  if (Number.isSafeInteger(amount)) return amount;
  throw new UsageError(
    `${flag} '${text}': write ${Object.keys(AMOUNTS).join(', ')}, or how often in a month`,
  );
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};

/** `200MB`, `1.5 GiB`. @throws UsageError */
export function parseBytes(flag: string, text: string): number {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?)b?(?:\/s)?\s*$/i.exec(text) ?? [];
  const factor = UNITS[unit?.toLowerCase() ?? '-'];
  const bytes = Number(number) * (factor ?? Number.NaN);
  if (bytes > 0) return bytes;
  throw new UsageError(`${flag} '${text}': write bytes, such as 200MB or 1.5GiB`);
}
