import { describe, it } from 'vitest';
import { conformance } from '../src/index.js';
import { toy } from './toy/format.js';

conformance(toy, { runner: { describe, it }, samples: { 'a word': 'word' } });
