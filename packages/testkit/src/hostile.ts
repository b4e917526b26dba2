import type { BudgetLimits, Value } from '@formatlab/core';
import { errorOf, expectCode, isCode } from './expect.js';
import { createAttempter } from './hostile-attempt.js';
import { ATTACKS, type Attack, hostileInputs } from './hostile-inputs.js';
import { attackInChild } from './hostile-parent.js';
import { runAttack } from './hostile-run.js';
import { smallTable } from './samples/small.js';
import { deepList, named } from './samples/trees.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

const DEADLINE_MS = 5000;
const LIST_LENGTH = 100;
const DEEP = 40;

/** Damaged files give a FormatError or a value of the model, in bounded time and memory. */
export function addHostileTests(suite: Suite, subject: Subject): void {
  for (const attack of ATTACKS) suite.add(`hostile: ${attack}`, () => checkAttack(subject, attack), 120_000);
  suite.add('hostile: a budget of no bytes is kept', async () => {
    const bytes = await subject.encode(subject.small());
    await expectCode(
      () => subject.decode(bytes, { budget: { bytes: 0 } }),
      'limit',
      'read with a budget of no bytes',
    );
  });
  if (subject.can.roots.includes('tree')) {
    const list: Value = Array.from({ length: LIST_LENGTH }, (_, i) => `item ${i}`);
    suite.add('hostile: a budget of few items is kept', () =>
      checkBudget(subject, named('value', list), { items: LIST_LENGTH / 2 }),
    );
    suite.add('hostile: a budget of few levels is kept', () =>
      checkBudget(subject, named('value', deepList(DEEP)), { depth: DEEP / 4 }),
    );
  } else if (subject.can.roots.includes('table')) {
    suite.add('hostile: a budget of few items is kept', () =>
      checkBudget(subject, smallTable(subject.can, LIST_LENGTH), { items: LIST_LENGTH / 2 }),
    );
  }
}

async function checkAttack(subject: Subject, attack: Attack): Promise<void> {
  const file = (await subject.encode(subject.small())).slice();
  const { child, deadlineMs = DEADLINE_MS } = subject.given;
  const { problems } =
    child === undefined
      ? await runAttack(await createAttempter(subject, file, deadlineMs), hostileInputs(attack, file))
      : await attackInChild(subject, child, attack, file, deadlineMs);
  if (problems.length === 0) return;
  const listed = problems.map(({ input, problem }) => `\n  ${input}: ${problem}`).join('');
  throw new Error(`try ${attack} of a file of ${file.byteLength} bytes:${listed}`);
}

/** What the format can't write is not read either. */
async function checkBudget(subject: Subject, value: Value, budget: BudgetLimits): Promise<void> {
  let bytes: Uint8Array | undefined;
  const error = await errorOf(async () => {
    bytes = await subject.encode(value);
  });
  if (isCode(error, 'unsupported')) return;
  if (error !== undefined) throw error;
  await expectCode(
    () => subject.decode(bytes!, { budget }),
    'limit',
    `read with a budget of ${JSON.stringify(budget)}`,
  );
}
