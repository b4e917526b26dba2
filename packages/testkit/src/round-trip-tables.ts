import { newRecord, scalarType, Table, type Value } from '@formatlab/core';
import { checkRoundTrip } from './round-trip.js';
import { checkSurrogate } from './round-trip-arrays.js';
import { LONE_SURROGATES, nanPayloads, ordinaryElements, specialElements } from './samples/elements.js';
import { mainDType, smallElements } from './samples/small.js';
import { allColumns, columnOfDType, nestedTables, ODD_NAMES, typedTables } from './samples/tables.js';
import type { Subject } from './subject.js';
import type { Suite } from './suite.js';

const MANY_ROWS = 3000;

/** Tables with a column of every dtype that is claimed, where tables are held at all. */
export function addTableTests(suite: Suite, subject: Subject): void {
  const hold = tableHolder(subject);
  if (hold === undefined) return;
  addColumnTests(suite, subject, hold);
  addShapeTests(suite, subject, hold);
  addNameTests(suite, subject, hold);
  addTypeTests(suite, subject, hold);
}

/** How a table stands in a file of the format: as the root, or as an entry. */
export function tableHolder(subject: Subject): ((table: Table) => Value) | undefined {
  const { roots } = subject.can;
  if (!roots.includes('table')) return undefined;
  return (table) => table;
}

type Hold = (table: Table) => Value;

function addColumnTests(suite: Suite, subject: Subject, hold: Hold): void {
  const forbidden = ['dtype', 'precision', 'dropped', 'nan'] as const;
  for (const dtype of subject.dtypes) {
    const rows = ordinaryElements(dtype).length;
    suite.add(`table ${dtype}: comes back to the bit`, () =>
      checkRoundTrip(subject, hold(new Table(rows, [columnOfDType(dtype, rows)])), {
        what: `a column of ${dtype}`,
        forbidden,
      }),
    );
    suite.add(`table ${dtype}: nulls`, () =>
      checkRoundTrip(subject, hold(new Table(rows, [columnOfDType(dtype, rows, { nullable: true })])), {
        what: `a nullable column of ${dtype}`,
        forbidden: ['dtype', 'precision'],
        refusable: true,
      }),
    );
    suite.add(`table ${dtype}: no rows keep the column's type`, () =>
      checkRoundTrip(subject, hold(new Table(0, [columnOfDType(dtype, 0)])), {
        what: `an empty column of ${dtype}`,
        refusable: true,
      }),
    );
    for (const { what, elements } of specialElements(dtype)) {
      suite.add(`table ${dtype}: ${what}`, () => {
        const count = dtype.startsWith('complex') ? elements.length / 2 : elements.length;
        return checkRoundTrip(subject, hold(new Table(count, [columnOfDType(dtype, count, { elements })])), {
          what: `a column of ${dtype} with ${what}`,
          forbidden: ['dtype'],
          refusable: true,
        });
      });
    }
    if (dtype === 'float32' || dtype === 'float64') {
      suite.add(`table ${dtype}: NaN payloads`, () =>
        checkRoundTrip(
          subject,
          hold(new Table(3, [{ name: 'x', type: scalarType(dtype), values: nanPayloads(dtype) }])),
          { what: `a column of ${dtype} with NaN payloads`, forbidden: ['dtype'], refusable: true },
        ),
      );
    }
  }
}

function addShapeTests(suite: Suite, subject: Subject, hold: Hold): void {
  const dtype = mainDType(subject.can);
  suite.add('table: all claimed dtypes side by side, with and without nulls', async () => {
    const all = allColumns(subject.dtypes);
    const plain = all.columns.filter((column) => !column.type.nullable);
    await checkRoundTrip(subject, hold(all), {
      what: 'a table of all dtypes',
      forbidden: ['dtype'],
      refusable: true,
    });
    await checkRoundTrip(subject, hold(new Table(all.rows, plain)), {
      what: 'a table of all dtypes without nulls',
      forbidden: ['dtype'],
    });
  });
  suite.add('table: many rows', () =>
    checkRoundTrip(
      subject,
      hold(new Table(MANY_ROWS, [columnOfDType(dtype, MANY_ROWS, { elements: smallElements(dtype) })])),
      { what: `a table of ${MANY_ROWS} rows` },
    ),
  );
  suite.add('table: one row', () =>
    checkRoundTrip(subject, hold(new Table(1, [columnOfDType(dtype, 1)])), { what: 'a table of one row' }),
  );
  suite.add('table: nothing but nulls', async () => {
    const column = {
      ...columnOfDType(dtype, 3),
      type: { ...scalarType(dtype), nullable: true },
      valid: new Uint8Array(3),
    };
    await checkRoundTrip(subject, hold(new Table(3, [column])), {
      what: 'a column of nulls',
      refusable: true,
    });
  });
  suite.add('table: no columns', () =>
    checkRoundTrip(subject, hold(new Table(0, [])), { what: 'a table without columns', refusable: true }),
  );
}

function addNameTests(suite: Suite, subject: Subject, hold: Hold): void {
  const dtype = mainDType(subject.can);
  suite.add('table: odd column names are kept, reported or refused', async () => {
    for (const name of ODD_NAMES) {
      const columns = [
        columnOfDType(dtype, 2, { name, elements: smallElements(dtype) }),
        columnOfDType(dtype, 2, { name: 'plain', elements: smallElements(dtype) }),
      ];
      await checkRoundTrip(subject, hold(new Table(2, columns)), {
        what: `a column named ${JSON.stringify(name)}`,
        refusable: true,
      });
    }
    assertClean();
  });
  if (!subject.dtypes.includes('string')) return;
  suite.add('table string: lone surrogates are refused or kept', async () => {
    for (const text of LONE_SURROGATES) {
      await checkSurrogate(
        subject,
        hold(new Table(1, [columnOfDType('string', 1, { elements: [text] })])),
        `a string column with ${JSON.stringify(text)}`,
      );
    }
  });
}

function addTypeTests(suite: Suite, subject: Subject, hold: Hold): void {
  for (const { what, table } of nestedTables(mainDType(subject.can))) {
    suite.add(`table: ${what} is kept, reported or refused`, () =>
      checkRoundTrip(subject, hold(table), { what, refusable: true }),
    );
  }
  for (const { what, table } of typedTables(subject.dtypes)) {
    suite.add(`table: a column with ${what} is kept, reported or refused`, () =>
      checkRoundTrip(subject, hold(table), { what: `a column with ${what}`, refusable: true }),
    );
  }
}

/** Decoding must not have touched the prototype of all objects. */
export function assertClean(): void {
  const names = Object.getOwnPropertyNames(Object.prototype).filter((name) => !KNOWN.has(name));
  if (names.length > 0) throw new Error(`decode: Object.prototype has got ${names.join(', ')}`);
  if (Object.keys(newRecord()).length > 0 || (newRecord() as { value?: unknown }).value !== undefined)
    throw new Error('decode: a new record inherits members');
}

const KNOWN = new Set(Object.getOwnPropertyNames(Object.prototype));
