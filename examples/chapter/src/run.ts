import { check } from './check.js';
import { counter } from './counter.js';
import { manyArrays } from './many-arrays.js';
import { scalars } from './scalars.js';
import { singleArray } from './single-array.js';

const [program, target = '.', ...rest] = process.argv.slice(2);
const numbers = rest.map(Number);

switch (program) {
  case 'scalars':
    await scalars(target);
    break;
  case 'counter':
    await counter(target, rest);
    break;
  case 'check':
    await check(target);
    break;
  case 'single-array':
    await singleArray(target, ...numbers);
    break;
  case 'many-arrays':
    await manyArrays(target, ...numbers);
    break;
  default:
    console.error(
      'Usage: node dist/run.js scalars FILE | counter FILE [NAME …] | check FILE | single-array FOLDER [ROWS COLUMNS] | many-arrays FOLDER [COUNT ROWS COLUMNS]',
    );
    process.exitCode = 2;
}
