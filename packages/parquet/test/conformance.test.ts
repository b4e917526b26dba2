import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { parquet } from '../src/index.js';

conformance(parquet, { runner: { describe, it } });
