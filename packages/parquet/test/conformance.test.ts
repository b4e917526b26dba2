import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { parquet } from '../src/index.js';

for (const engine of ['formatlab', 'hyparquet', 'parquetjs-lite']) {
  conformance(parquet, { runner: { describe, it }, engine });
}
