import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { {{constant}} } from '../src/index.js';

// Everything that a format must do, with every dtype and rank it claims, and damaged files.
conformance({{constant}}, { runner: { describe, it } });
