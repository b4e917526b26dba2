import { describe, it } from 'node:test';
import { conformance } from '@formatlab/testkit';
import { octets } from './octets.mjs';

conformance(octets, {
  runner: { describe, it },
  child: new URL('./octets.mjs', import.meta.url),
});
