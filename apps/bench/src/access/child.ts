import type { Format } from '@formatlab/core';
import { createLab } from '@formatlab/core';
import { loadFormats } from '../formats.js';
import { errorLine } from '../processes/error-line.js';
import type { Arrays, Container } from './containers.js';
import { makeContainer } from './make-container.js';
import { counted, measureHttp } from './measure-http.js';
import { measureLocal } from './measure-local.js';

/** What one process of the access suite does. */
export type AccessJob =
  | {
      readonly kind: 'make' | 'local';
      readonly container: Container;
      readonly path: string;
      readonly arrays: Arrays;
    }
  | { readonly kind: 'http'; readonly container: Container; readonly url: string; readonly arrays: Arrays }
  | { readonly kind: 'slice'; readonly url: string; readonly path: string; readonly slice: string };

const job = JSON.parse(process.argv[2]!) as AccessJob; // of the process that started this one
const { formats } = await loadFormats();
const all = formats.map(({ format }) => format);
try {
  process.stdout.write(`${JSON.stringify({ value: await work(job, all) })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ failed: errorLine(error) })}\n`);
}

function work(todo: AccessJob, known: readonly Format[]): Promise<unknown> {
  switch (todo.kind) {
    case 'make':
      return makeContainer(todo.container, todo.path, todo.arrays, known);
    case 'local':
      return measureLocal(todo.container, todo.path, todo.arrays, known);
    case 'http':
      return measureHttp(todo.container, todo.url, todo.arrays, known);
    case 'slice':
      return counted(todo.url, async (call) => {
        const file = await createLab(known).open(todo.url, { format: 'hdf5', ...call });
        await file.read(todo.path, { slice: todo.slice });
        await file.close();
      });
  }
}
