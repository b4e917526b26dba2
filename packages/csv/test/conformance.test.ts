import { table } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { csv } from '../src/index.js';

const samples = {
  'text that looks like numbers': table({
    id: ['007', '1', '1e5000', ' 1', '+1', ''],
    n: ['', '"', 'a,b', 'x\ny', '\r', '#'],
  }),
};
conformance(csv, { runner: { describe, it }, samples });
conformance(csv, { runner: { describe, it }, engine: 'papaparse', samples });
