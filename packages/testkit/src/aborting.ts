import type { CallOptions, Value } from '@formatlab/core';
import { describeError, errorOf, expectCode, isCode } from './expect.js';
import { largeRoot, memo } from './grades-reading.js';
import { largeEntries } from './samples/large.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

/** A caller who gives up is heard. */
export function addAbortTests(suite: Suite, subject: Subject): void {
  suite.add('abort: a signal that is aborted already ends every verb', async () => {
    const signal = AbortSignal.abort(new Error('not needed any more'));
    const bytes = await subject.encode(subject.small());
    const call = { format: subject.id, options: subject.options, signal };
    await expectCode(
      () => subject.encode(subject.small(), { signal }),
      'aborted',
      'write with an aborted signal',
    );
    await expectCode(() => subject.decode(bytes, { signal }), 'aborted', 'read with an aborted signal');
    await expectCode(() => subject.lab.open(bytes, call), 'aborted', 'open with an aborted signal');
  });
  const value = memo(async () => largeValue(subject));
  suite.add('abort: a signal that is aborted under way ends writing', async () => {
    const given = await value();
    await checkUnderWay((call) => subject.encode(given, call), 'write a large value');
  });
  suite.add('abort: a signal that is aborted under way ends reading', async () => {
    const bytes = await subject.encode(await value());
    await checkUnderWay((call) => subject.decode(bytes, call), 'read a large file');
  });
}

function largeValue(subject: Subject): Value {
  const { roots } = subject.can;
  return roots.includes('tree') || roots.includes('entries') ? largeEntries(subject.can) : largeRoot(subject);
}

/** Aborts when the format first reports progress; one that reports once more has to notice. */
async function checkUnderWay(work: (call: CallOptions) => Promise<unknown>, action: string): Promise<void> {
  const controller = new AbortController();
  let reports = 0;
  const onProgress = (): void => {
    reports++;
    controller.abort();
  };
  const error = await errorOf(() => work({ signal: controller.signal, onProgress }));
  if (error === undefined) {
    let all = 0;
    await work({ onProgress: () => void all++ });
    if (all > 1)
      throw new Error(
        `${action}, aborted at the first of ${all} reports of progress: expected a FormatError 'aborted', it went through`,
      );
    return;
  }
  if (!isCode(error, 'aborted'))
    throw new Error(
      `${action}, aborted under way: expected a FormatError 'aborted', got ${describeError(error)} after ${reports} reports`,
      { cause: error },
    );
}
