import type { Lab, OpenFile } from '@formatlab/core';
import {
  type AccessOperation,
  type Arrays,
  type Container,
  indexOf,
  nameOf,
  SOME_ROWS,
} from './containers.js';

/** What one read of a container does. Runs in Node.js and in a browser. */
export async function readOnce(
  lab: Lab,
  input: Parameters<Lab['open']>[0],
  container: Pick<Container, 'format' | 'layout' | 'indexed'>,
  operation: Exclude<AccessOperation, 'append'>,
  arrays: Pick<Arrays, 'count' | 'rows'>,
  turn: number,
): Promise<void> {
  const file = await lab.open(input, { format: container.format, index: container.indexed });
  try {
    if (operation === 'list') await file.entries();
    else await readArray(file, container, operation, arrays, indexOf(turn, arrays.count));
  } finally {
    await file.close();
  }
}

async function readArray(
  file: OpenFile,
  { layout }: Pick<Container, 'layout'>,
  operation: 'one' | 'rows',
  { rows }: Pick<Arrays, 'rows'>,
  index: number,
): Promise<void> {
  const some = operation === 'rows' ? SOME_ROWS : { start: 0, stop: rows };
  if (layout === 'rows' || layout === 'stacked') {
    const from = index * rows;
    await file.read('', { slice: [{ start: from + some.start, stop: from + some.stop }] });
  } else if (operation === 'rows') await file.read(`/${nameOf(index)}`, { slice: [some] });
  else await file.read(`/${nameOf(index)}`);
}
