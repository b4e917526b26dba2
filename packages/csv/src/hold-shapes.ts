import { Budget, holdShape } from '@formatlab/core';
import { TextCache } from './cells/cell-text.js';
import { Cells } from './cells/cells.js';
import { BoolBuilder } from './columns/bool-builder.js';
import { Growing, NullMask } from './columns/growing.js';
import { FloatBuilder, IntBuilder } from './columns/number-builders.js';
import { TextBuilder } from './columns/text-builder.js';
import { TimeBuilder } from './columns/time-builder.js';
import { COMMA, dialectOf } from './dialect/dialect.js';
import { newGrid } from './grid/grid.js';
import { Splitter } from './grid/splitter.js';
import { Chunks } from './write/chunks.js';
import { TextWriter } from './write/write-text.js';

/** Keeps one object of each class that reads cells, so that V8 keeps their compiled code. */
export function holdReaders(): void {
  const bytes = new Uint8Array(0);
  const budget = new Budget();
  const dialect = dialectOf({}, COMMA);
  hold(
    dialect,
    budget,
    new Splitter(bytes, dialect, { at: 0, record: 0 }),
    new Cells(bytes, dialect),
    new TextCache(),
    new FloatBuilder(0, budget),
    new IntBuilder(0, budget),
    new BoolBuilder(0, budget),
    new TimeBuilder('s', undefined, 0, budget),
    new TextBuilder(budget),
    new Growing((count) => new Uint8Array(count), 0, budget),
    new NullMask(budget),
    newGrid(bytes, 1, 0),
  );
}

/** The same for the classes that write cells. */
export function holdWriters(): void {
  const chunks = new Chunks();
  hold(chunks, new TextWriter(chunks, dialectOf({}, COMMA)));
}

function hold(...instances: readonly object[]): void {
  for (const instance of instances) holdShape(instance);
}
