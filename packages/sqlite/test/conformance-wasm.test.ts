import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { sqlite } from '../src/index.js';

conformance(sqlite, { runner: { describe, it }, engine: 'wasm' });
