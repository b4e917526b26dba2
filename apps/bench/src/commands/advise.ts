import { measureForAdvice } from '../advise/measure.js';
import { rankAdvice } from '../advise/rank.js';
import { adviceJson, renderAdvice } from '../advise/render.js';
import { type WishFlags, wishesOf } from '../advise/wishes.js';
import { parseSeconds } from './parse.js';

export interface AdviseFlags extends WishFlags {
  readonly dataFormat?: string;
  readonly plugin: readonly string[];
  readonly formats?: string;
  readonly temp?: string;
  readonly seconds: string;
  readonly json?: boolean;
  readonly progress: boolean;
}

/** Measures on the user's file and recommends; exit code 1 where nothing is left. @throws UsageError, FormatError */
export async function advise(file: string, flags: AdviseFlags): Promise<void> {
  const wishes = wishesOf(flags);
  const { dataFormat, formats, temp, progress } = flags;
  const measured = await measureForAdvice(
    {
      file,
      plugins: flags.plugin,
      seconds: parseSeconds('--seconds', flags.seconds),
      progress,
      ...(dataFormat === undefined ? {} : { dataFormat }),
      ...(formats === undefined ? {} : { formats }),
      ...(temp === undefined ? {} : { temp }),
    },
    wishes,
  );
  const advice = rankAdvice(measured.records, wishes, measured.factor);
  console.log((flags.json === true ? adviceJson : renderAdvice)(file, advice, wishes, measured));
  if (advice.best.length === 0) process.exitCode = 1;
}
